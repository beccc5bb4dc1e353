package io.hindspan.websocket;

import java.util.Comparator;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.HandlerMethod;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.SimpMessageMappingInfo;
import org.springframework.messaging.simp.SimpMessageType;
import org.springframework.messaging.simp.annotation.support.SimpAnnotationMethodMessageHandler;
import org.springframework.util.PathMatcher;

/**
 * Finds the method that a handler of messages is about to call, as the handler does.
 */
final class MappedMethods {

	private MappedMethods() {
	}

	static @Nullable Mapped find(SimpAnnotationMethodMessageHandler handler, Message<?> message) {
		SimpMessageType type = SimpMessageHeaderAccessor.getMessageType(message.getHeaders());
		String destination = SimpMessageHeaderAccessor.getDestination(message.getHeaders());
		if (destination == null || (type != SimpMessageType.MESSAGE && type != SimpMessageType.SUBSCRIBE)) {
			return null;
		}
		String prefix = prefix(handler, destination);
		if (prefix == null) {
			return null;
		}
		String lookup = destination.substring(prefix.length());
		PathMatcher matcher = handler.getPathMatcher();
		Comparator<String> moreSpecific = matcher.getPatternComparator(lookup);
		Mapped best = null;
		for (Map.Entry<SimpMessageMappingInfo, HandlerMethod> entry : handler.getHandlerMethods().entrySet()) {
			if (!type.equals(entry.getKey().getMessageTypeMessageCondition().getMessageType())) {
				continue;
			}
			for (String pattern : entry.getKey().getDestinationConditions().getPatterns()) {
				if ((pattern.equals(lookup) || matcher.match(pattern, lookup))
						&& (best == null || moreSpecific.compare(pattern, best.pattern()) < 0)) {
					best = new Mapped(prefix, pattern, entry.getValue());
				}
			}
		}
		return best;
	}

	/**
	 * The prefix that the handler takes away before it looks for a method.
	 */
	private static @Nullable String prefix(SimpAnnotationMethodMessageHandler handler, String destination) {
		if (handler.getDestinationPrefixes().isEmpty()) {
			return "";
		}
		for (String prefix : handler.getDestinationPrefixes()) {
			if (destination.startsWith(prefix)) {
				boolean slash = handler.getPathMatcher().combine("a", "a").equals("a/a");
				return slash ? prefix.substring(0, prefix.length() - 1) : prefix;
			}
		}
		return null;
	}

	/**
	 * A method and where it is mapped.
	 *
	 * @param prefix the prefix of the application's destinations
	 * @param pattern the pattern of the method's destinations
	 * @param method the method
	 */
	record Mapped(String prefix, String pattern, HandlerMethod method) {

		String template() {
			return this.prefix + this.pattern;
		}

	}

}
