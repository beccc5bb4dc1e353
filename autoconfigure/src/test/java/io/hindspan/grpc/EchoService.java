package io.hindspan.grpc;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;

import io.hindspan.CurrentSpan;

/**
 * A service with a method of each kind, whose messages are texts. Does what the text asks
 * for.
 */
class EchoService implements BindableService {

	static final String NAME = "hindspan.test.Echo";

	static final MethodDescriptor<String, String> UNARY = method("Unary", MethodType.UNARY);

	static final MethodDescriptor<String, String> SERVER_STREAM = method("ServerStream", MethodType.SERVER_STREAMING);

	static final MethodDescriptor<String, String> CLIENT_STREAM = method("ClientStream", MethodType.CLIENT_STREAMING);

	static final MethodDescriptor<String, String> BIDI = method("Bidi", MethodType.BIDI_STREAMING);

	static final MethodDescriptor<String, String> UNKNOWN = method("Unknown", MethodType.UNARY);

	/** What the server was told of, for tests that wait for it. */
	final BlockingQueue<String> events = new LinkedBlockingQueue<>();

	private static MethodDescriptor<String, String> method(String name, MethodType type) {
		return MethodDescriptor.<String, String>newBuilder()
			.setType(type)
			.setFullMethodName(MethodDescriptor.generateFullMethodName(NAME, name))
			.setRequestMarshaller(new Text())
			.setResponseMarshaller(new Text())
			.build();
	}

	@Override
	public ServerServiceDefinition bindService() {
		return ServerServiceDefinition.builder(NAME)
			.addMethod(UNARY, ServerCalls.asyncUnaryCall(this::unary))
			.addMethod(SERVER_STREAM, ServerCalls.asyncServerStreamingCall(this::serverStream))
			.addMethod(CLIENT_STREAM, ServerCalls.asyncClientStreamingCall(this::collect))
			.addMethod(BIDI, ServerCalls.asyncBidiStreamingCall(this::echo))
			.build();
	}

	private void unary(String request, StreamObserver<String> responses) {
		CurrentSpan.childRun("work", () -> {
		});
		if (request.startsWith("status ")) {
			responses.onError(Status.fromCode(Status.Code.valueOf(request.substring(7)))
				.withDescription("asked for")
				.asException());
		}
		else if (request.equals("recovered")) {
			try {
				CurrentSpan.childRun("part", () -> {
					throw new IllegalStateException("broken");
				});
			}
			catch (IllegalStateException ex) {
				responses.onNext("echo " + request);
				responses.onCompleted();
			}
		}
		else if (request.equals("throw")) {
			throw new IllegalStateException("thrown");
		}
		else if (request.equals("wait")) {
			((ServerCallStreamObserver<String>) responses).setOnCancelHandler(() -> this.events.add("cancelled"));
			this.events.add("waiting");
		}
		else {
			responses.onNext("echo " + request);
			responses.onCompleted();
		}
	}

	private void serverStream(String request, StreamObserver<String> responses) {
		for (int i = 0; i < 3; i++) {
			responses.onNext(request + " " + i);
		}
		responses.onCompleted();
	}

	private StreamObserver<String> collect(StreamObserver<String> responses) {
		StringBuilder collected = new StringBuilder();
		return new Requests(responses) {

			@Override
			public void onNext(String value) {
				CurrentSpan.childRun("received", () -> collected.append(value));
			}

			@Override
			public void onCompleted() {
				responses.onNext(collected.toString());
				super.onCompleted();
			}

		};
	}

	private StreamObserver<String> echo(StreamObserver<String> responses) {
		return new Requests(responses) {

			@Override
			public void onNext(String value) {
				CurrentSpan.childRun("received", () -> responses.onNext(value));
			}

		};
	}

	private class Requests implements StreamObserver<String> {

		private final StreamObserver<String> responses;

		Requests(StreamObserver<String> responses) {
			this.responses = responses;
		}

		@Override
		public void onNext(String value) {
		}

		@Override
		public void onError(Throwable failure) {
			EchoService.this.events.add("cancelled");
		}

		@Override
		public void onCompleted() {
			this.responses.onCompleted();
		}

	}

	private static class Text implements MethodDescriptor.Marshaller<String> {

		@Override
		public InputStream stream(String value) {
			return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
		}

		@Override
		public String parse(InputStream stream) {
			try (stream) {
				return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
