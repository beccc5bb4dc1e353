package io.hindspan.grpc;

import java.util.Set;

import io.grpc.Status;
import io.micrometer.core.instrument.binder.grpc.GrpcObservationDocumentation.GrpcClientEvents;
import io.micrometer.core.instrument.binder.grpc.GrpcObservationDocumentation.GrpcServerEvents;
import io.micrometer.observation.Observation;
import io.opentelemetry.api.trace.Span;
import org.jspecify.annotations.Nullable;

import io.hindspan.span.SpanOutcome;

/**
 * What Micrometer's observations of calls say beside their spans.
 */
final class ObservedCall {

	/** The key-values of Micrometer's own conventions, which attributes say. */
	private static final Set<String> COVERED = Set.of("rpc.service", "rpc.method", "rpc.type", "rpc.error_code",
			"grpc.status_code", "net.peer.name", "net.peer.port");

	private ObservedCall() {
	}

	static boolean covers(String key) {
		return COVERED.contains(key);
	}

	/**
	 * A stream has as many of them as messages.
	 */
	static boolean isOfAMessage(Observation.Event event) {
		String name = event.getName();
		return name.equals(GrpcClientEvents.MESSAGE_SENT.getName())
				|| name.equals(GrpcClientEvents.MESSAGE_RECEIVED.getName())
				|| name.equals(GrpcServerEvents.CANCELLED.getName());
	}

	/**
	 * Writes what an application's own convention adds.
	 */
	static void writeOwnKeyValues(Observation.Context context, Span span) {
		context.getAllKeyValues().forEach((keyValue) -> {
			if (!covers(keyValue.getKey())) {
				span.setAttribute(keyValue.getKey(), keyValue.getValue());
			}
		});
	}

	static SpanOutcome outcome(Status.@Nullable Code code, @Nullable Throwable error, boolean server) {
		return (code != null) ? CallSpan.outcome(code, error, server) : SpanOutcome.of(error);
	}

}
