package io.hindspan.cache;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

import org.jspecify.annotations.Nullable;

/**
 * Tells keys apart without telling them.
 */
final class KeyHash {

	private static final int BYTES = 8;

	private KeyHash() {
	}

	/**
	 * The beginning of the hash of a key's text.
	 * @param key the key
	 * @return sixteen hexadecimal digits, or {@code null} where there are none
	 */
	static @Nullable String of(@Nullable Object key) {
		if (key == null) {
			return null;
		}
		try {
			byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.toString().getBytes(StandardCharsets.UTF_8));
			return HexFormat.of().formatHex(Arrays.copyOf(hash, BYTES));
		}
		catch (NoSuchAlgorithmException | RuntimeException ex) {
			return null;
		}
	}

}
