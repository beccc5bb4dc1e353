package io.hindspan.guard;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;

import io.opentelemetry.api.trace.SpanKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the bound on the names of spans.
 */
class SpanNamesTests {

	private final GuardStatistics statistics = new GuardStatistics(List.of());

	@Test
	void millionIdsEndInABoundedNumberOfNames() {
		SpanNames names = new SpanNames(1_000, this.statistics);
		Random random = new Random(1);
		Set<String> seen = new HashSet<>();
		for (int i = 0; i < 1_000_000; i++) {
			String name = switch (i % 4) {
				case 0 -> "task " + i;
				case 1 -> "GET /tasks/" + new UUID(random.nextLong(), random.nextLong());
				case 2 -> "process " + Long.toHexString(random.nextLong() | 1L << 63);
				default -> word(random) + " of " + word(random);
			};
			seen.add(names.guard("scope", SpanKind.INTERNAL, name));
		}
		assertThat(seen).hasSizeLessThanOrEqualTo(2_001)
			.contains("task 0", "task {id}", "GET /tasks/{id}", "process {id}", SpanNames.OTHER);
		assertThat(this.statistics.foldedNames.sum()).isGreaterThan(700_000);
		assertThat(this.statistics.otherNames.sum()).isGreaterThan(200_000);
	}

	@Test
	void manyScopesAreBoundedTogether() {
		SpanNames names = new SpanNames(10, this.statistics);
		Set<String> seen = new HashSet<>();
		Random random = new Random(1);
		for (int i = 0; i < 20_000; i++) {
			seen.add(names.guard("scope-" + i, SpanKind.CLIENT, word(random)));
		}
		assertThat(seen).hasSizeLessThanOrEqualTo(64 + 2 * 10 + 1);
	}

	@Test
	void scopeThatExplodesTakesNothingFromOthers() {
		SpanNames names = new SpanNames(5, this.statistics);
		IntStream.range(0, 100).forEach((i) -> names.guard("a", SpanKind.INTERNAL, "task " + i));
		assertThat(names.guard("a", SpanKind.INTERNAL, "task 99")).isEqualTo("task {id}");
		assertThat(names.guard("a", SpanKind.CLIENT, "task 99")).isEqualTo("task 99");
		assertThat(names.guard("b", SpanKind.INTERNAL, "task 99")).isEqualTo("task 99");
		assertThat(names.guard("a", SpanKind.INTERNAL, "task 0")).isEqualTo("task 0");
	}

	@ParameterizedTest
	@CsvSource({ "task 42,task {id}", "GET /tasks/42/lines/7,GET /tasks/{id}/lines/{id}",
			"GET /t/550e8400-e29b-41d4-a716-446655440000/x,GET /t/{id}/x", "load 9f86d081884c7d65,load {id}",
			"load 01ARZ3NDEKTSV4RRFFQ69G5FAV,load {id}", "order42 of v2,order{id} of v{id}",
			"CreateTaskUseCase.execute,CreateTaskUseCase.execute", "feedback deface,feedback deface" })
	void idsAreFolded(String name, String folded) {
		assertThat(SpanNames.fold(name)).isEqualTo(folded);
	}

	@Test
	void longNameIsCut() {
		String name = new SpanNames(10, this.statistics).guard("a", SpanKind.INTERNAL,
				"\ud83d\ude00".repeat(1_000_000));
		assertThat(name).hasSizeLessThanOrEqualTo(SpanNames.MAX_LENGTH + 1).endsWith("\ude00…");
	}

	@Test
	void zeroFoldsNone() {
		SpanNames names = new SpanNames(0, this.statistics);
		assertThat(IntStream.range(0, 2_000).mapToObj((i) -> names.guard("a", SpanKind.INTERNAL, "task " + i)))
			.doesNotHaveDuplicates();
	}

	private static String word(Random random) {
		StringBuilder word = new StringBuilder();
		for (int i = 0; i < 6; i++) {
			word.append((char) ('g' + random.nextInt(20)));
		}
		return word.toString();
	}

}
