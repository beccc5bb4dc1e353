package io.hindspan.span;

import java.net.URI;
import java.util.Objects;

import io.micrometer.observation.Observation;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.observation.transport.SenderContext;
import io.opentelemetry.api.trace.SpanKind;
import org.jspecify.annotations.Nullable;

/**
 * The convention for observations that no technology speaks for: the observation's own
 * name, the kind that its context tells, and its key-values as they are.
 */
enum GenericConvention implements SpanConvention<Observation.Context> {

	/** The only one. */
	INSTANCE;

	private static final SemanticKey<String> PEER_SERVICE = SemanticKey.text("peer.service");

	private static final SemanticKey<String> SERVER_ADDRESS = SemanticKey.text("server.address", "net.peer.name");

	private static final SemanticKey<Long> SERVER_PORT = SemanticKey.number("server.port", "net.peer.port");

	private static final SemanticKey<String> CLIENT_ADDRESS = SemanticKey.text("client.address", "net.sock.peer.addr");

	private static final SemanticKey<Long> CLIENT_PORT = SemanticKey.number("client.port", "net.sock.peer.port");

	@Override
	public Class<Observation.Context> contextType() {
		return Observation.Context.class;
	}

	@Override
	public String instrumentationScope() {
		return InstrumentationTracers.APPLICATION_SCOPE;
	}

	@Override
	public SpanKind kind(Observation.Context context) {
		if (context instanceof SenderContext<?> sender) {
			return kind(sender.getKind());
		}
		if (context instanceof ReceiverContext<?> receiver) {
			return kind(receiver.getKind());
		}
		return SpanKind.INTERNAL;
	}

	private SpanKind kind(Kind kind) {
		return switch (kind) {
			case SERVER -> SpanKind.SERVER;
			case CLIENT -> SpanKind.CLIENT;
			case PRODUCER -> SpanKind.PRODUCER;
			case CONSUMER -> SpanKind.CONSUMER;
		};
	}

	@Override
	public String nameAtStart(Observation.Context context) {
		String name = nameAtEnd(context);
		return (name != null) ? name : "unknown";
	}

	@Override
	public void attributesAtStart(Observation.Context context, SpanAttributes attributes) {
		if (context instanceof SenderContext<?> sender) {
			attributes.put(PEER_SERVICE, sender.getRemoteServiceName());
			address(attributes, sender.getRemoteServiceAddress(), SERVER_ADDRESS, SERVER_PORT);
		}
		else if (context instanceof ReceiverContext<?> receiver) {
			attributes.put(PEER_SERVICE, receiver.getRemoteServiceName());
			address(attributes, receiver.getRemoteServiceAddress(), CLIENT_ADDRESS, CLIENT_PORT);
		}
	}

	private void address(SpanAttributes attributes, @Nullable String address, SemanticKey<String> hostKey,
			SemanticKey<Long> portKey) {
		if (address == null) {
			return;
		}
		try {
			URI uri = URI.create(address);
			attributes.put(hostKey, uri.getHost());
			if (uri.getPort() > 0) {
				attributes.put(portKey, uri.getPort());
			}
		}
		catch (IllegalArgumentException ex) {
			// An address that is no URI tells nothing that could be asked for
		}
	}

	@Override
	public @Nullable String nameAtEnd(Observation.Context context) {
		String contextualName = context.getContextualName();
		return (contextualName != null && !contextualName.isBlank()) ? contextualName : context.getName();
	}

	@Override
	public boolean covers(String key) {
		return Objects.equals(key, "error");
	}

	@Override
	public SpanOutcome outcome(Observation.Context context) {
		Throwable error = context.getError();
		if (error != null) {
			return SpanOutcome.of(error);
		}
		var keyValue = context.getLowCardinalityKeyValue("error");
		if (keyValue == null || keyValue.getValue().isBlank() || "none".equalsIgnoreCase(keyValue.getValue())) {
			return SpanOutcome.unset();
		}
		return SpanOutcome.failed(keyValue.getValue(), null);
	}

}
