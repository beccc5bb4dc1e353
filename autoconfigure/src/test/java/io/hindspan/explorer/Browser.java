package io.hindspan.explorer;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.Stream;

import org.openqa.selenium.By;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.WebDriverWait;

/**
 * Chromium as this machine has it, without a window.
 */
final class Browser implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private final Path profile;

	private final ChromeDriver driver;

	Browser() {
		try {
			this.profile = Files.createTempDirectory("hindspan-browser");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		ChromeOptions options = new ChromeOptions();
		options.setBinary(binary("chromium", "chromium-browser", "google-chrome").orElseThrow());
		options.addArguments("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
				"--disable-background-networking", "--disable-component-update", "--disable-sync",
				"--disable-dev-shm-usage", "--user-data-dir=" + this.profile);
		LoggingPreferences logs = new LoggingPreferences();
		logs.enable(LogType.BROWSER, Level.ALL);
		options.setCapability("goog:loggingPrefs", logs);
		this.driver = new ChromeDriver(new ChromeDriverService.Builder().withSilent(true)
			.usingDriverExecutable(binary("chromedriver").orElseThrow())
			.build(), options);
		size(1440, 900);
	}

	static boolean isThere() {
		return binary("chromedriver").isPresent()
				&& binary("chromium", "chromium-browser", "google-chrome").isPresent();
	}

	private static Optional<File> binary(String... names) {
		List<String> folders = List.of(System.getenv().getOrDefault("PATH", "/usr/bin").split(File.pathSeparator));
		return Stream.of(names)
			.flatMap((name) -> folders.stream().map((folder) -> new File(folder, name)))
			.filter(File::canExecute)
			.findFirst();
	}

	ChromeDriver driver() {
		return this.driver;
	}

	void size(int width, int height) {
		this.driver.executeCdpCommand("Emulation.setDeviceMetricsOverride",
				Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
	}

	void dark(boolean dark) {
		this.driver.executeCdpCommand("Emulation.setEmulatedMedia",
				Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
	}

	/** Waits until an element is there and to be seen. */
	WebElement see(String selector) {
		return new WebDriverWait(this.driver, PATIENCE, Duration.ofMillis(50))
			.withMessage(() -> "Nothing to be seen at " + selector)
			.ignoring(StaleElementReferenceException.class)
			.until((driver) -> driver.findElements(By.cssSelector(selector))
				.stream()
				.filter(WebElement::isDisplayed)
				.findFirst()
				.orElse(null));
	}

	/** Waits until a script answers true. */
	void await(String script, Object... arguments) {
		new WebDriverWait(this.driver, PATIENCE, Duration.ofMillis(50)).withMessage(() -> "Never true: " + script)
			.until((driver) -> Boolean.TRUE
				.equals(this.driver.executeScript("return Boolean(" + script + ")", arguments)));
	}

	List<WebElement> all(String selector) {
		return this.driver.findElements(By.cssSelector(selector));
	}

	Object ask(String script, Object... arguments) {
		return this.driver.executeScript("return " + script, arguments);
	}

	/** What the page complained about, since it was asked last. */
	List<String> complaints() {
		return this.driver.manage()
			.logs()
			.get(LogType.BROWSER)
			.getAll()
			.stream()
			.filter((entry) -> entry.getLevel().intValue() >= Level.WARNING.intValue())
			.map(LogEntry::getMessage)
			.toList();
	}

	@Override
	public void close() {
		this.driver.quit();
		try (Stream<Path> files = Files.walk(this.profile)) {
			files.sorted((one, other) -> other.compareTo(one)).map(Path::toFile).forEach(File::delete);
		}
		catch (IOException | UncheckedIOException ex) {
			// The browser may be deleting the same files.
		}
	}

}
