package io.hindspan.explorer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for {@link Intake}.
 */
class IntakeTests {

	private static final byte[] BODY = SentTraces.json("a", "b", "c");

	private final AtomicLong time = new AtomicLong();

	private final List<SpanData> stored = new ArrayList<>();

	private int tooLarge;

	private final Intake intake = intake(new Intake.Limits(10_000, 20_000, 1000, BODY.length * 3, 1));

	private Intake intake(Intake.Limits limits) {
		return new Intake((spans) -> spans.subList(0, Math.min(2, spans.size())), this::store, limits, this.time::get);
	}

	private int store(List<SpanData> spans) {
		this.stored.addAll(spans);
		return this.tooLarge;
	}

	@Test
	void spansThatTheStoreDoesNotTakeAreToldAsRejected() throws Exception {
		this.tooLarge = 2;
		assertThat(text(this.intake.take(request("application/json", SentTraces.json("a", "b"))))).isEqualTo(
				"{\"partialSuccess\":{\"rejectedSpans\":\"2\",\"errorMessage\":\"They or their traces are too large\"}}");
	}

	@Test
	void spansThatTheGuardLeavesOutAreToldAsRejected() throws Exception {
		assertThat(text(this.intake.take(request("application/json", BODY))))
			.isEqualTo("{\"partialSuccess\":{\"rejectedSpans\":\"1\",\"errorMessage\":\"They could not be guarded\"}}");
		ExportTraceServiceResponse protobuf = ExportTraceServiceResponse
			.parseFrom(this.intake.take(request("application/x-protobuf", SentTraces.protobuf("a", "b", "c"))).body());
		assertThat(protobuf.getPartialSuccess().getRejectedSpans()).isEqualTo(1);
		assertThat(this.stored).hasSize(4);
	}

	@Test
	void contentIsBoundedPerSecond() throws Exception {
		for (int i = 0; i < 6; i++) {
			assertThat(this.intake.take(request("application/json", BODY)).status()).isEqualTo(200);
		}
		ExplorerResponse later = this.intake.take(request("application/json", BODY));
		assertThat(later.status()).isEqualTo(429);
		assertThat(later.headers()).containsEntry("Retry-After", "1");
		assertThat(text(later)).contains(BODY.length * 3 + " bytes per second");
		this.time.addAndGet(TimeUnit.SECONDS.toNanos(1));
		assertThat(this.intake.take(request("application/json", BODY)).status()).isEqualTo(200);
	}

	@Test
	void requestsAreBoundedPerSecond() throws Exception {
		Intake intake = intake(new Intake.Limits(10_000, 20_000, 1, 100_000, 1));
		assertThat(intake.take(request("application/json", BODY)).status()).isEqualTo(200);
		assertThat(intake.take(request("application/json", BODY)).status()).isEqualTo(200);
		assertThat(intake.take(request("application/json", BODY)).status()).isEqualTo(429);
		this.time.addAndGet(TimeUnit.SECONDS.toNanos(1));
		assertThat(intake.take(request("application/json", BODY)).status()).isEqualTo(200);
	}

	@Test
	void placeIsFreeAgainWhateverHappened() throws Exception {
		ExplorerRequest failing = new ExplorerRequest("POST", "/hindspan", "/v1/traces", null,
				Map.of("content-type", List.of("application/json")), true, false, "localhost", () -> false, (max) -> {
					throw new IOException("reset");
				});
		assertThatThrownBy(() -> this.intake.take(failing)).isInstanceOf(IOException.class);
		assertThat(this.intake.take(request("application/json", BODY)).status()).isEqualTo(200);
	}

	private static ExplorerRequest request(String type, byte[] body) {
		return new ExplorerRequest("POST", "/hindspan", "/v1/traces", null, Map.of("content-type", List.of(type)), true,
				false, "localhost", () -> false, (max) -> body);
	}

	private static String text(ExplorerResponse response) {
		return new String(response.body(), StandardCharsets.UTF_8);
	}

}
