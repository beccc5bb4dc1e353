package io.hindspan.explorer;

import java.util.ArrayList;
import java.util.List;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import org.junit.jupiter.api.Test;

import io.hindspan.store.SpanRecord;
import io.hindspan.store.Trace;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Analyses}.
 */
class AnalysesTests {

	private final Analyses analyses = new Analyses();

	@Test
	void traceIsAnalysedOnceUntilItChanges() {
		Trace trace = trace("1", 3);
		assertThat(this.analyses.of(trace)).isSameAs(this.analyses.of(trace("1", 3)));
		Trace grown = trace("1", 4);
		assertThat(this.analyses.of(grown)).isNotSameAs(this.analyses.of(trace));
	}

	@Test
	void noMoreIsKeptThanHasRoom() {
		for (int i = 0; i < 30; i++) {
			this.analyses.of(trace(String.valueOf((char) ('a' + i)), 1000));
			assertThat(this.analyses.spans()).isLessThanOrEqualTo(20_000);
		}
		assertThat(this.analyses.spans()).isEqualTo(20_000);
		this.analyses.of(trace("huge", 25_000));
		assertThat(this.analyses.spans()).isZero();
		this.analyses.clear();
		assertThat(this.analyses.spans()).isZero();
	}

	private static Trace trace(String id, int spans) {
		List<SpanRecord> all = new ArrayList<>();
		for (int i = 0; i < spans; i++) {
			all.add(StoredSpans.span(id, "%016x".formatted(i + 1), null, "tasks", SpanKind.SERVER, "GET /", i, 1,
					Attributes.empty()));
		}
		return Trace.of(all);
	}

}
