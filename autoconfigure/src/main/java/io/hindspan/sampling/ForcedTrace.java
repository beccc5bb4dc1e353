package io.hindspan.sampling;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes the value of the header that has one request traced whatever the sampling, where
 * {@code hindspan.sampling.forced.key} is set. Each value is good for one request to each
 * instance of a service, until it expires. Thread-safe.
 *
 * <pre class="code">
 * request.header("X-Hindspan-Trace", ForcedTrace.header(key, Duration.ofMinutes(5)));
 * </pre>
 *
 * It is {@code v1.<expiry in seconds since 1970>.<nonce>.<signature>}, where the
 * signature is the HMAC-SHA256 over all before it but its dot, in base64url without
 * padding.
 */
public final class ForcedTrace {

	static final String VERSION = "v1";

	/** In bytes of UTF-8. */
	static final int MIN_KEY = 32;

	private static final String ALGORITHM = "HmacSHA256";

	private static final int NONCE = 16;

	private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

	private static final SecureRandom RANDOM = new SecureRandom();

	private ForcedTrace() {
	}

	/**
	 * Makes a value of the header.
	 * @param key the key, the same as the services', at least 32 bytes of text
	 * @param validity for how long it is good; services refuse more than an hour unless
	 * they are told otherwise
	 * @return the value
	 * @throws IllegalArgumentException if the key is too short, or the validity shorter
	 * than a second
	 */
	public static String header(String key, Duration validity) {
		if (validity.toSeconds() < 1) {
			throw new IllegalArgumentException("The validity must be a second at least, not " + validity);
		}
		byte[] nonce = new byte[NONCE];
		RANDOM.nextBytes(nonce);
		long expiry = Clock.systemUTC().instant().plus(validity).getEpochSecond();
		return header(key(key), expiry, ENCODER.encodeToString(nonce));
	}

	static String header(byte[] key, long expiry, String nonce) {
		String signed = VERSION + '.' + expiry + '.' + nonce;
		return signed + '.' + new String(signature(key, signed), StandardCharsets.US_ASCII);
	}

	/**
	 * The octets of a key.
	 * @param text the key's text
	 * @return the octets
	 * @throws IllegalArgumentException if they are too few
	 */
	static byte[] key(String text) {
		byte[] key = text.getBytes(StandardCharsets.UTF_8);
		if (key.length < MIN_KEY) {
			throw new IllegalArgumentException(
					"The key must have at least " + MIN_KEY + " bytes, and has " + key.length);
		}
		return key;
	}

	/**
	 * The text of a signature.
	 * @param key the key
	 * @param text what is signed
	 * @return the signature in base64url, as the octets of its text
	 */
	static byte[] signature(byte[] key, String text) {
		try {
			Mac mac = Mac.getInstance(ALGORITHM);
			mac.init(new SecretKeySpec(key, ALGORITHM));
			return ENCODER.encode(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("Every Java platform has " + ALGORITHM, ex);
		}
	}

}
