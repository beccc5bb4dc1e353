package io.hindspan.redis;

import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What the spans of all clients have in common.
 */
final class RedisSpan {

	static final String SCOPE = "io.hindspan.redis";

	static final String SYSTEM = "redis";

	static final String OTHER_ERROR = "_OTHER";

	private static final Set<String> HOUSEKEEPING = Set.of("AUTH", "HELLO", "CLIENT", "SELECT", "PING", "QUIT",
			"READONLY", "READWRITE", "ASKING", "CLUSTER", "INFO", "ROLE", "COMMAND", "SENTINEL", "SUBSCRIBE",
			"PSUBSCRIBE", "SSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE", "BLMOVE", "BLMPOP", "BLPOP",
			"BRPOP", "BRPOPLPUSH", "BZMPOP", "BZPOPMIN", "BZPOPMAX", "XREAD", "XREADGROUP", "WAIT");

	private RedisSpan() {
	}

	/**
	 * Whether a command is no work by itself: those that connections send to keep
	 * themselves in order, subscriptions, and waiting for something to do.
	 * @param command the name of the command
	 * @return {@code true} if it needs no trace of its own
	 */
	static boolean isHousekeeping(String command) {
		return HOUSEKEEPING.contains(command);
	}

	/**
	 * The word in capitals that an error reply begins with. What a script replies may
	 * begin with anything.
	 * @param reply the reply
	 * @return the word, or {@code null} where there is none
	 */
	static @Nullable String errorPrefix(String reply) {
		int space = reply.indexOf(' ');
		String prefix = (space >= 0) ? reply.substring(0, space) : reply;
		for (int i = 0; i < prefix.length(); i++) {
			char c = prefix.charAt(i);
			if ((c < 'A' || c > 'Z') && c != '_') {
				return null;
			}
		}
		return prefix.isEmpty() ? null : prefix;
	}

}
