package io.hindspan.analysis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;

import io.hindspan.analysis.Finding.Kind;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Plays traces of which it is known what is to be found in them, and counts what is
 * found. {@code docs/findings.md} has what it comes to.
 */
class FindingCorpusTests {

	private static final int TRACES_OF_PLAY = 40;

	private static final int COMPOSED = 1000;

	@Test
	void findsInTheTuningHalfWhatIsToBeFound() {
		assertThatAllIsFound(tuning());
	}

	@Test
	void findsInTheHeldOutHalfWhatIsToBeFound() {
		assertThatAllIsFound(heldOut());
	}

	@Test
	void playsAreTheSameEachTime() {
		Scene first = new Scene(5);
		Scene second = new Scene(5);
		ComposedPlay.play(first);
		ComposedPlay.play(second);
		assertThat(first.trace().spans()).isEqualTo(second.trace().spans());
	}

	@Test
	void documentationHasTheFigures() throws IOException {
		assertThat(Files.readString(Path.of("../docs/findings.md"))).contains(table(tuning(), heldOut()));
	}

	private static void assertThatAllIsFound(Score score) {
		for (Kind kind : Kind.values()) {
			String wrong = String.join("\n", score.wrong());
			assertThat(score.recall(kind)).as("recall of %s\n%s", kind, wrong).isGreaterThanOrEqualTo(0.95);
			assertThat(score.precision(kind)).as("precision of %s\n%s", kind, wrong).isGreaterThanOrEqualTo(0.95);
		}
	}

	static Score tuning() {
		return score(TuningPlays.all(), 1_000_003);
	}

	static Score heldOut() {
		return score(HeldOutPlays.all(), 900_000_011);
	}

	static String table(Score tuning, Score heldOut) {
		StringBuilder table = new StringBuilder("| kind | tuning: to be found | found | wrongly | precision | recall "
				+ "| held out: to be found | found | wrongly | precision | recall |\n|---|---|---|---|---|---|---|---|---|---|---|\n");
		for (Kind kind : Kind.values()) {
			table.append("| `")
				.append(kind)
				.append("` ")
				.append(tuning.figures(kind))
				.append(heldOut.figures(kind))
				.append("|\n");
		}
		return table.append("| traces | ")
			.append(tuning.traces)
			.append(" | | | | | ")
			.append(heldOut.traces)
			.append(" | | | | |\n")
			.toString();
	}

	static Score score(Map<String, Consumer<Scene>> plays, long seed) {
		Score score = new Score();
		plays.forEach((name, play) -> {
			for (int i = 0; i < TRACES_OF_PLAY; i++) {
				Scene scene = new Scene(seed * 31 + name.hashCode() * 1_000_003L + i);
				play.accept(scene);
				score.add(name, scene);
			}
		});
		for (int i = 0; i < COMPOSED; i++) {
			Scene scene = new Scene(seed * 7 + i);
			ComposedPlay.play(scene);
			score.add("composed", scene);
		}
		return score;
	}

	/**
	 * What was found, and what was to be found.
	 */
	static final class Score {

		private final Map<Kind, int[]> counts = new EnumMap<>(Kind.class);

		private final Map<String, Integer> wrong = new TreeMap<>();

		int traces;

		void add(String name, Scene scene) {
			this.traces++;
			Map<Kind, Set<String>> expected = scene.expected();
			Set<Kind> found = new HashSet<>();
			for (Finding finding : TraceAnalysis.of(scene.trace()).findings()) {
				Set<String> ids = expected.get(finding.kind());
				if (ids != null && finding.spans().stream().anyMatch(ids::contains)) {
					found.add(finding.kind());
				}
				else if (!scene.isPossible(finding)) {
					count(finding.kind())[1]++;
					this.wrong.merge(
							name + " -> " + finding.kind() + " wrongly, " + finding.title().replaceAll("[0-9.]+", "#"),
							1, Integer::sum);
				}
			}
			for (Kind kind : expected.keySet()) {
				if (found.contains(kind)) {
					count(kind)[0]++;
				}
				else {
					count(kind)[2]++;
					this.wrong.merge(name + " -> " + kind + " not, " + scene.style, 1, Integer::sum);
				}
			}
		}

		/** Found rightly, found wrongly, not found. */
		private int[] count(Kind kind) {
			return this.counts.computeIfAbsent(kind, (key) -> new int[3]);
		}

		double precision(Kind kind) {
			int[] count = count(kind);
			return (double) count[0] / Math.max(1, count[0] + count[1]);
		}

		double recall(Kind kind) {
			int[] count = count(kind);
			return (double) count[0] / Math.max(1, count[0] + count[2]);
		}

		List<String> wrong() {
			return this.wrong.entrySet().stream().map((entry) -> entry.getValue() + " " + entry.getKey()).toList();
		}

		String figures(Kind kind) {
			int[] count = count(kind);
			return String.format(Locale.ROOT, "| %d | %d | %d | %.1f %% | %.1f %% ", count[0] + count[2], count[0],
					count[1], 100 * precision(kind), 100 * recall(kind));
		}

	}

}
