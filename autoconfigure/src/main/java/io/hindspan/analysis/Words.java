package io.hindspan.analysis;

import java.util.Locale;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The words in a name, as {@code waitForReply}, {@code /api/events/stream} and
 * {@code job.poll} have them.
 */
final class Words {

	private static final Set<String> OF_WAITING = Set.of("sse", "stream", "streaming", "streams", "subscribe",
			"subscription", "subscriptions", "websocket", "ws", "longpoll", "poll", "polling", "watch", "sleep",
			"sleeping", "wait", "waiting", "await", "delay", "delayed", "backoff", "throttle", "idle", "park", "tail",
			"heartbeat", "keepalive");

	private Words() {
	}

	static boolean tellOfWaiting(@Nullable String name) {
		if (name == null) {
			return false;
		}
		if (name.endsWith("/events")) {
			return true;
		}
		int start = 0;
		for (int at = 0; at <= name.length(); at++) {
			if (at == name.length() || !Character.isLetter(name.charAt(at)) || at > start
					&& Character.isUpperCase(name.charAt(at)) && Character.isLowerCase(name.charAt(at - 1))) {
				if (at > start && OF_WAITING.contains(name.substring(start, at).toLowerCase(Locale.ROOT))) {
					return true;
				}
				start = (at < name.length() && Character.isLetter(name.charAt(at))) ? at : at + 1;
			}
		}
		return false;
	}

}
