package io.hindspan.analysis;

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
 * found. What each half of the plays comes to is printed by {@link #main}, as in
 * {@code docs/findings.md}.
 */
class FindingCorpusTests {

	private static final int TRACES_OF_PLAY = 40;

	private static final long TUNING_SEED = 1_000_003;

	private static final long HELD_OUT_SEED = 900_000_011;

	@Test
	void findsInTheTuningHalfWhatIsToBeFound() {
		assertThatAllIsFound(score(TuningPlays.all(), TUNING_SEED));
	}

	@Test
	void findsInTheHeldOutHalfWhatIsToBeFound() {
		assertThatAllIsFound(score(HeldOutPlays.all(), HELD_OUT_SEED));
	}

	private static void assertThatAllIsFound(Score score) {
		for (Kind kind : Kind.values()) {
			String wrong = String.join("\n", score.wrong());
			assertThat(score.recall(kind)).as("recall of %s\n%s", kind, wrong).isGreaterThanOrEqualTo(0.95);
			assertThat(score.precision(kind)).as("precision of %s\n%s", kind, wrong).isGreaterThanOrEqualTo(0.95);
		}
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
				else {
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

		String table() {
			StringBuilder table = new StringBuilder(
					"| kind | to be found | found | wrongly | precision | recall |\n" + "|---|---|---|---|---|---|\n");
			for (Kind kind : Kind.values()) {
				int[] count = count(kind);
				table.append(String.format(Locale.ROOT, "| `%s` | %d | %d | %d | %.1f %% | %.1f %% |%n", kind,
						count[0] + count[2], count[0], count[1], 100 * precision(kind), 100 * recall(kind)));
			}
			return table.toString();
		}

	}

}
