package io.hindspan.sampling;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.jspecify.annotations.Nullable;

import io.hindspan.sampling.ForcedTraceStatistics.Outcome;
import io.hindspan.span.UntrustedSender;

/**
 * Reads the header that has a trace sampled whatever the sampling, and checks it. Writes
 * none: the services behind this one are told by the sampled flag, as ever. Thread-safe.
 */
final class ForcedTraceHeader implements TextMapPropagator {

	/** A longer value is not looked at. */
	static final int MAX_LENGTH = 256;

	private static final ContextKey<Boolean> KEY = ContextKey.named("hindspan-forced-trace");

	private static final int MIN_NONCE = 8;

	private static final int MAX_NONCE = 64;

	/** More digits are no time that will come. */
	private static final int MAX_EXPIRY = 12;

	private final ForcedTraceStatistics statistics;

	private final String name;

	private final byte[] key;

	private final long maxValidity;

	private final UsedNonces usedNonces;

	private final InstantSource clock;

	ForcedTraceHeader(String name, byte[] key, long maxValidity, UsedNonces usedNonces,
			ForcedTraceStatistics statistics, InstantSource clock) {
		this.name = name;
		this.key = key.clone();
		this.maxValidity = maxValidity;
		this.usedNonces = usedNonces;
		this.statistics = statistics;
		this.clock = clock;
	}

	/**
	 * Whether the request that a context belongs to has its trace sampled.
	 */
	static boolean isIn(Context context) {
		return context.get(KEY) != null;
	}

	@Override
	public Collection<String> fields() {
		return List.of();
	}

	@Override
	public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
	}

	@Override
	public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
		String value = getter.get(carrier, this.name);
		if (value != null) {
			Outcome outcome = UntrustedSender.isIn(context) ? Outcome.UNTRUSTED : check(value);
			this.statistics.count(outcome);
			if (outcome == Outcome.ACCEPTED) {
				return context.with(KEY, Boolean.TRUE);
			}
		}
		// That of a request before, on the same thread, does not count
		return isIn(context) ? context.with(KEY, null) : context;
	}

	/**
	 * The signature comes first, so that only the key's holder learns more than that it
	 * is wrong, and only his nonces take room.
	 */
	private Outcome check(String value) {
		if (value.length() > MAX_LENGTH) {
			return Outcome.OVERSIZED;
		}
		int first = value.indexOf('.');
		int second = value.indexOf('.', first + 1);
		int third = value.indexOf('.', second + 1);
		if (first < 0 || second < 0 || third < 0 || !ForcedTrace.VERSION.equals(value.substring(0, first))) {
			return Outcome.MALFORMED;
		}
		long expiry = expiry(value, first + 1, second);
		if (expiry < 0 || !isNonce(value, second + 1, third)) {
			return Outcome.MALFORMED;
		}
		byte[] expected = ForcedTrace.signature(this.key, value.substring(0, third));
		byte[] given = value.substring(third + 1).getBytes(StandardCharsets.UTF_8);
		if (!MessageDigest.isEqual(expected, given)) {
			return Outcome.FORGED;
		}
		long now = this.clock.instant().getEpochSecond();
		if (expiry <= now) {
			return Outcome.EXPIRED;
		}
		if (expiry - now > this.maxValidity) {
			return Outcome.TOO_LONG_VALID;
		}
		return this.usedNonces.use(value.substring(second + 1, third), expiry, now);
	}

	private static long expiry(String value, int start, int end) {
		if (start == end || end - start > MAX_EXPIRY) {
			return -1;
		}
		long expiry = 0;
		for (int i = start; i < end; i++) {
			char character = value.charAt(i);
			if (character < '0' || character > '9') {
				return -1;
			}
			expiry = expiry * 10 + character - '0';
		}
		return expiry;
	}

	private static boolean isNonce(String value, int start, int end) {
		for (int i = start; i < end; i++) {
			char character = value.charAt(i);
			boolean allowed = (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z')
					|| (character >= '0' && character <= '9') || character == '-' || character == '_';
			if (!allowed) {
				return false;
			}
		}
		return end - start >= MIN_NONCE && end - start <= MAX_NONCE;
	}

	@Override
	public String toString() {
		return "ForcedTraceHeader[" + this.name + "]";
	}

}
