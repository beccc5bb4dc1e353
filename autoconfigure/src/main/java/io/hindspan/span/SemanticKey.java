package io.hindspan.span;

import java.util.List;

import io.opentelemetry.api.common.AttributeKey;
import org.jspecify.annotations.Nullable;

/**
 * The key of a span attribute: its name in the stable OpenTelemetry semantic conventions
 * and, where the conventions once said it differently, the older name. Each technology
 * lists its keys in one class of constants. Immutable.
 *
 * @param <T> the type of the values
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/">OpenTelemetry semantic
 * conventions</a>
 */
public final class SemanticKey<T> {

	private final AttributeKey<T> stable;

	private final AttributeKey<T> legacy;

	private SemanticKey(AttributeKey<T> stable, AttributeKey<T> legacy) {
		this.stable = stable;
		this.legacy = legacy;
	}

	/**
	 * A text under one name, old and new.
	 * @param name the attribute's name
	 * @return the key
	 */
	public static SemanticKey<String> text(String name) {
		return text(name, name);
	}

	/**
	 * A text under different names.
	 * @param stable the stable name
	 * @param legacy the older name
	 * @return the key
	 */
	public static SemanticKey<String> text(String stable, String legacy) {
		return new SemanticKey<>(AttributeKey.stringKey(stable), AttributeKey.stringKey(legacy));
	}

	/**
	 * A whole number under one name, old and new.
	 * @param name the attribute's name
	 * @return the key
	 */
	public static SemanticKey<Long> number(String name) {
		return number(name, name);
	}

	/**
	 * A whole number under different names.
	 * @param stable the stable name
	 * @param legacy the older name
	 * @return the key
	 */
	public static SemanticKey<Long> number(String stable, String legacy) {
		return new SemanticKey<>(AttributeKey.longKey(stable), AttributeKey.longKey(legacy));
	}

	/**
	 * A yes or no under one name, old and new.
	 * @param name the attribute's name
	 * @return the key
	 */
	public static SemanticKey<Boolean> flag(String name) {
		return new SemanticKey<>(AttributeKey.booleanKey(name), AttributeKey.booleanKey(name));
	}

	/**
	 * A list of texts under one name, old and new.
	 * @param name the attribute's name
	 * @return the key
	 */
	public static SemanticKey<List<String>> texts(String name) {
		return new SemanticKey<>(AttributeKey.stringArrayKey(name), AttributeKey.stringArrayKey(name));
	}

	/**
	 * The key under the stable conventions.
	 * @return the stable key
	 */
	public AttributeKey<T> stable() {
		return this.stable;
	}

	/**
	 * The key under the older conventions.
	 * @return the older key, the stable one where nothing changed
	 */
	public AttributeKey<T> legacy() {
		return this.legacy;
	}

	/**
	 * The key that a scheme of names writes first.
	 * @param names the scheme
	 * @return the older key for {@link AttributeNames#LEGACY}, else the stable one
	 */
	AttributeKey<T> primary(AttributeNames names) {
		return (names == AttributeNames.LEGACY) ? this.legacy : this.stable;
	}

	/**
	 * The key that a scheme of names writes beside the first.
	 * @param names the scheme
	 * @return the older key for {@link AttributeNames#BOTH} where it differs, else
	 * {@code null}
	 */
	@Nullable AttributeKey<T> secondary(AttributeNames names) {
		return (names == AttributeNames.BOTH && this.legacy != this.stable
				&& !this.legacy.getKey().equals(this.stable.getKey())) ? this.legacy : null;
	}

	/**
	 * The key under which a scheme of names writes a value that differs between the
	 * conventions.
	 * @param names the scheme
	 * @param stableWritten whether a stable value is written as well
	 * @return the older key, or {@code null} where it is not written or would replace the
	 * stable value
	 */
	@Nullable AttributeKey<T> older(AttributeNames names, boolean stableWritten) {
		if (names == AttributeNames.STABLE) {
			return null;
		}
		return (names == AttributeNames.BOTH && stableWritten) ? secondary(names) : this.legacy;
	}

	@Override
	public String toString() {
		return this.stable.getKey();
	}

}
