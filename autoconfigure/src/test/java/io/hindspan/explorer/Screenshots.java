package io.hindspan.explorer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.openqa.selenium.OutputType;

/**
 * Takes the pictures of the documentation from a running explorer.
 */
public final class Screenshots {

	private final Browser browser;

	private final String url;

	private final Path folder;

	private Screenshots(Browser browser, String url, Path folder) {
		this.browser = browser;
		this.url = url.endsWith("/") ? url : url + "/";
		this.folder = folder;
	}

	/**
	 * Takes pictures of every view, wide and narrow, light and dark.
	 * @param args the explorer's address, such as {@code http://localhost:8080/hindspan},
	 * and the folder to write to
	 * @throws IOException if a picture cannot be written
	 */
	public static void main(String[] args) throws IOException {
		Path folder = Files.createDirectories(Path.of(args[1]));
		try (Browser browser = new Browser()) {
			new Screenshots(browser, args[0], folder).take();
		}
	}

	private void take() throws IOException {
		Map<String, String> views = views();
		for (boolean dark : new boolean[] { false, true }) {
			this.browser.dark(dark);
			for (int width : new int[] { 1440, 390 }) {
				this.browser.size(width, (width > 600) ? 900 : 844);
				for (Map.Entry<String, String> view : views.entrySet()) {
					this.browser.driver().get("about:blank");
					this.browser.driver().get(this.url + view.getValue());
					this.browser.see("[data-view] h1, .traces .row, .empty");
					this.browser
						.await("document.readyState === 'complete' && document.querySelector('.live[data-state=live]')"
								+ " && !document.querySelector('.loading') && !document.querySelector('[aria-busy]')");
					byte[] picture = this.browser.driver().getScreenshotAs(OutputType.BYTES);
					Files.write(this.folder.resolve("%s-%s%s.png".formatted(view.getKey(),
							(width > 600) ? "wide" : "narrow", dark ? "-dark" : "")), picture);
				}
			}
		}
	}

	/** The views, with the traces that have most to show. */
	private Map<String, String> views() {
		this.browser.driver().get(this.url);
		this.browser.await("document.querySelector('.live[data-state=live]')");
		List<Map<String, Object>> traces = traces();
		Map<String, String> views = new LinkedHashMap<>();
		views.put("list", "");
		views.put("services", "#/services");
		Optional<String> most = traces.stream()
			.filter((trace) -> number(trace, "spans") < 1_000)
			.max(Comparator.comparing((trace) -> number(trace, "services") * 1_000_000 + number(trace, "share") * 1_000
					+ number(trace, "spans")))
			.map((trace) -> (String) trace.get("traceId"));
		most.ifPresent((id) -> views.put("trace", "#/trace/" + id));
		most.ifPresent((id) -> views.put("logs", "#/trace/" + id + "?tab=logs"));
		most.ifPresent((id) -> views.put("comparison", "#/compare/" + id + "?with=usual"));
		traces.stream()
			.filter((trace) -> number(trace, "spans") < 1_000)
			.max(Comparator.comparing((trace) -> number(trace, "duration")))
			.ifPresent((trace) -> views.put("findings", "#/trace/" + trace.get("traceId")));
		traces.stream()
			.filter((trace) -> trace.get("failed") != null)
			.max(Comparator.comparing((trace) -> number(trace, "errors")))
			.ifPresent(
					(trace) -> views.put("error", "#/trace/" + trace.get("traceId") + "?span=" + trace.get("failed")));
		return views;
	}

	@SuppressWarnings("unchecked")
	private List<Map<String, Object>> traces() {
		return (List<Map<String, Object>>) this.browser.driver()
			.executeAsyncScript(
					"""
							const done = arguments[arguments.length - 1];
							const get = async (path) => (await fetch(new URL(path, location.href.split('#')[0]))).json();
							(async () => {
								const { traces } = await get('api/traces?limit=200');
								for (const trace of traces) {
									trace.services = trace.services.length;
									if (trace.spans < 1000) {
										const { spans, findings } = await get('api/traces/' + trace.traceId);
										trace.share = Math.round(100 * Math.max(0, ...findings.map((finding) => finding.share)));
										trace.failed = trace.error ? spans.find((span) => span.events.some((event) => event.name === 'exception'))?.spanId : undefined;
									}
								}
								done(traces);
							})();
							""");
	}

	private static long number(Map<String, Object> trace, String name) {
		return ((Number) trace.get(name)).longValue();
	}

}
