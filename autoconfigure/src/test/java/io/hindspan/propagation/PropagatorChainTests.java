package io.hindspan.propagation;

import java.util.Collection;
import java.util.List;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PropagatorChain}.
 */
@ExtendWith(OutputCaptureExtension.class)
class PropagatorChainTests {

	private static final String VALID = "00-11111111111111111111111111111111-1111111111111111-01";

	private final PropagatorChain chain = new PropagatorChain(
			List.of(new BrokenPropagator(), new TraceContextPropagator(), new BrokenPropagator()));

	@Test
	void goesOnAfterFailure() {
		Context context = this.chain.extract(Context.root(), Headers.of("traceparent", VALID), Headers.GETTER);
		assertThat(Span.fromContext(context).getSpanContext().isValid()).isTrue();
		Headers headers = Headers.of();
		this.chain.inject(context, headers, Headers.SETTER);
		assertThat(headers.values("traceparent")).containsExactly(VALID);
	}

	@Test
	void keepsFailureOfCarrierAway() {
		Context context = this.chain.extract(Context.root(), Headers.of("traceparent", VALID), Headers.GETTER);
		this.chain.inject(context, Headers.of(), (carrier, key, value) -> {
			throw new UnsupportedOperationException("read-only");
		});
	}

	@Test
	void tellsFirstFailureOnly(CapturedOutput output) {
		this.chain.extract(Context.root(), Headers.of(), Headers.GETTER);
		this.chain.extract(Context.root(), Headers.of(), Headers.GETTER);
		assertThat(output.getAll().split("\\[broken] failed", -1)).hasSize(2);
	}

	@Test
	void namesFieldsOfAll() {
		assertThat(this.chain.fields()).containsExactly("x-broken", "traceparent", "tracestate");
	}

	private static final class BrokenPropagator implements TextMapPropagator {

		@Override
		public Collection<String> fields() {
			return List.of("x-broken");
		}

		@Override
		public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
			throw new IllegalStateException("injection");
		}

		@Override
		public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
			throw new IllegalStateException("extraction");
		}

		@Override
		public String toString() {
			return "broken";
		}

	}

}
