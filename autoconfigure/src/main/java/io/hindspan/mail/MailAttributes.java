package io.hindspan.mail;

import io.hindspan.span.SemanticKey;

/**
 * The attributes of sending mail, for which OpenTelemetry has no convention of its own.
 */
final class MailAttributes {

	static final SemanticKey<String> PROTOCOL = SemanticKey.text("network.protocol.name");

	static final SemanticKey<String> SERVER_ADDRESS = SemanticKey.text("server.address", "net.peer.name");

	static final SemanticKey<Long> SERVER_PORT = SemanticKey.number("server.port", "net.peer.port");

	static final SemanticKey<Long> MESSAGES = SemanticKey.number("hindspan.mail.message_count");

	static final SemanticKey<Long> FAILED = SemanticKey.number("hindspan.mail.failed_count");

	private MailAttributes() {
	}

}
