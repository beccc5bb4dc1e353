package io.hindspan;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.hindspan.test.RecordedSpan;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The tables of {@code docs/spans.md}.
 */
final class SpanCatalogue {

	private static final Pattern CODE = Pattern.compile("`([^`]+)`(\\?)?");

	private static final Set<String> ON_ANY_FAILED_SPAN = Set.of("error.type", "hindspan.error.category");

	private static final String APPLICATION_SCOPE = "io.hindspan";

	private final List<Row> rows = new ArrayList<>();

	private SpanCatalogue(List<String> lines) {
		for (String line : lines) {
			String[] cells = line.split("\\|");
			if (cells.length == 5 && cells[3].contains("`io.hindspan.")) {
				this.rows.add(Row.of(cells));
			}
		}
	}

	static SpanCatalogue read() {
		try {
			return new SpanCatalogue(Files.readAllLines(Path.of("..", "docs", "spans.md")));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Every span has its row, and no attribute that the row does not name.
	 */
	void holds(Collection<RecordedSpan> spans) {
		for (RecordedSpan span : spans) {
			if (span.scope().name().equals(APPLICATION_SCOPE)) {
				continue;
			}
			List<Row> matching = this.rows.stream().filter((row) -> row.names(span)).toList();
			assertThat(matching).as("rows for %s", span).isNotEmpty();
			assertThat(matching).as("rows with the attributes of %s", span).anySatisfy((row) -> {
				Set<String> present = new LinkedHashSet<>(span.attributes().keySet());
				present.removeAll(ON_ANY_FAILED_SPAN);
				assertThat(present).containsAll(row.required);
				present.removeAll(row.required);
				assertThat(row.optional).containsAll(present);
			});
		}
	}

	/**
	 * Every row has its span.
	 */
	void isExercisedBy(Collection<RecordedSpan> spans) {
		assertThat(this.rows).isNotEmpty().allSatisfy((row) -> assertThat(spans).as(row.text).anyMatch(row::names));
	}

	private record Row(String text, List<Pattern> names, String kind, String scope, Set<String> required,
			Set<String> optional) {

		static Row of(String[] cells) {
			List<Pattern> names = codes(cells[1]).map((code) -> pattern(code.group(1))).toList();
			Set<String> required = new LinkedHashSet<>();
			Set<String> optional = new LinkedHashSet<>();
			codes(cells[4]).forEach((code) -> ((code.group(2) != null) ? optional : required).add(code.group(1)));
			return new Row(String.join("|", cells), names, cells[2].strip(),
					codes(cells[3]).findFirst().orElseThrow().group(1), required, optional);
		}

		private static Stream<MatchResult> codes(String cell) {
			return CODE.matcher(cell).results();
		}

		private static Pattern pattern(String name) {
			StringBuilder regex = new StringBuilder();
			Matcher placeholder = Pattern.compile("\\{[a-z ]+}").matcher(name);
			int end = 0;
			while (placeholder.find()) {
				regex.append(Pattern.quote(name.substring(end, placeholder.start())))
					.append(placeholder.group().equals("{operation}") ? "[A-Z]+( [A-Z]+)*" : "\\S+");
				end = placeholder.end();
			}
			return Pattern.compile(regex.append(Pattern.quote(name.substring(end))).toString());
		}

		boolean names(RecordedSpan span) {
			return span.scope().name().equals(this.scope) && span.kind().name().equals(this.kind)
					&& this.names.stream().anyMatch((name) -> name.matcher(span.name()).matches());
		}

	}

}
