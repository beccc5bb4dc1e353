package io.hindspan.export;

import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.GrpcResponse;
import io.opentelemetry.sdk.common.export.GrpcSender;
import io.opentelemetry.sdk.common.export.GrpcStatusCode;
import io.opentelemetry.sdk.common.export.MessageWriter;

/**
 * Sends the requests of OpenTelemetry's OTLP exporter over gRPC by OpenTelemetry's own
 * sender, and says what a reply means for the batch by a {@link SendFailure}.
 * Thread-safe.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#failures">Failures of
 * OTLP/gRPC</a>
 */
final class OtlpGrpcSender implements GrpcSender {

	private static final Set<GrpcStatusCode> PASSING = Set.of(GrpcStatusCode.CANCELLED,
			GrpcStatusCode.DEADLINE_EXCEEDED, GrpcStatusCode.RESOURCE_EXHAUSTED, GrpcStatusCode.ABORTED,
			GrpcStatusCode.OUT_OF_RANGE, GrpcStatusCode.UNAVAILABLE, GrpcStatusCode.DATA_LOSS);

	private final GrpcSender sender;

	OtlpGrpcSender(GrpcSender sender) {
		this.sender = sender;
	}

	@Override
	public void send(MessageWriter message, Consumer<GrpcResponse> onResponse, Consumer<Throwable> onError) {
		this.sender.send(message, (response) -> answered(response, onResponse, onError),
				(failure) -> ExporterLog.GRPC.quietly(() -> onError.accept(failure)));
	}

	private static void answered(GrpcResponse response, Consumer<GrpcResponse> onResponse,
			Consumer<Throwable> onError) {
		SendFailure failure = (response.getStatusCode() == GrpcStatusCode.OK)
				? PartialSuccess.in(response.getResponseMessage()) : failure(response.getStatusCode());
		if (failure == null) {
			onResponse.accept(response);
		}
		else {
			ExporterLog.GRPC.quietly(() -> onError.accept(failure));
		}
	}

	private static SendFailure failure(GrpcStatusCode code) {
		String reason = "answers with " + code.name().toLowerCase(Locale.ROOT).replace('_', ' ');
		return PASSING.contains(code) ? SendFailure.passing(reason, null) : SendFailure.lasting(reason);
	}

	@Override
	public CompletableResultCode shutdown() {
		return this.sender.shutdown();
	}

}
