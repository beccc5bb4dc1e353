package io.hindspan.guard;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.AttributeType;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import org.jspecify.annotations.Nullable;

import io.hindspan.guard.KeyRule.Treatment;

/**
 * Masks attributes, element by element where they are lists. Attributes in which there is
 * nothing to mask are returned as they are. A number that is masked becomes a text. Not
 * thread-safe: one is made for each batch of spans.
 */
final class AttributesGuard implements BiConsumer<AttributeKey<?>, Object> {

	private static final int MAX_DEPTH = 16;

	private final KeyRules rules;

	private final TextGuard texts;

	private final StatementTexts sql;

	private final boolean cards;

	private final @Nullable AttributeValues values;

	private final Findings findings;

	private final List<Change> changes = new ArrayList<>();

	private Attributes current = Attributes.empty();

	private boolean counted;

	AttributesGuard(KeyRules rules, TextGuard texts, StatementTexts sql, boolean cards,
			@Nullable AttributeValues values) {
		this.rules = rules;
		this.texts = texts;
		this.sql = sql;
		this.cards = cards;
		this.values = values;
		this.findings = texts.newFindings();
	}

	String text(String text) {
		return this.texts.guard(text, this.findings);
	}

	/**
	 * The attributes of a span, whose values are counted.
	 */
	Attributes ofSpan(Attributes attributes) {
		this.counted = this.values != null;
		Attributes guarded = guard(attributes);
		this.counted = false;
		return guarded;
	}

	Attributes guard(Attributes attributes) {
		if (attributes.isEmpty()) {
			return attributes;
		}
		this.changes.clear();
		this.current = attributes;
		attributes.forEach(this);
		if (this.changes.isEmpty()) {
			return attributes;
		}
		AttributesBuilder guarded = attributes.toBuilder();
		for (Change change : this.changes) {
			if (!change.key().equals(change.guardedKey())) {
				guarded.remove(change.key());
			}
			put(guarded, change.guardedKey(), change.value());
		}
		return guarded.build();
	}

	@SuppressWarnings("unchecked")
	private static <T> void put(AttributesBuilder attributes, AttributeKey<T> key, Object value) {
		attributes.put(key, (T) value);
	}

	@Override
	public void accept(AttributeKey<?> key, Object value) {
		KeyRule rule = this.rules.get(key.getKey());
		if (rule.treatment() == Treatment.ALLOW) {
			return;
		}
		if (this.counted && value instanceof String text && this.values != null) {
			this.values.seen(rule.name(), text);
		}
		Object guarded = guard(key.getType(), value, rule.treatment());
		String name = rule.name();
		if (guarded != value || !name.equals(key.getKey())) {
			this.changes.add(new Change(key, keyFor(name, key.getType(), guarded), guarded));
		}
	}

	private static AttributeKey<?> keyFor(String name, AttributeType type, Object value) {
		if (value instanceof String) {
			return AttributeKey.stringKey(name);
		}
		if (value instanceof List<?> list && !list.isEmpty() && list.get(0) instanceof String) {
			return AttributeKey.stringArrayKey(name);
		}
		return switch (type) {
			case STRING -> AttributeKey.stringKey(name);
			case BOOLEAN -> AttributeKey.booleanKey(name);
			case LONG -> AttributeKey.longKey(name);
			case DOUBLE -> AttributeKey.doubleKey(name);
			case STRING_ARRAY -> AttributeKey.stringArrayKey(name);
			case BOOLEAN_ARRAY -> AttributeKey.booleanArrayKey(name);
			case LONG_ARRAY -> AttributeKey.longArrayKey(name);
			case DOUBLE_ARRAY -> AttributeKey.doubleArrayKey(name);
			case VALUE -> AttributeKey.valueKey(name);
		};
	}

	private Object guard(AttributeType type, Object value, Treatment treatment) {
		return switch (type) {
			case STRING -> text((String) value, treatment);
			case BOOLEAN -> value;
			case BOOLEAN_ARRAY -> complete((List<?>) value, false);
			case LONG, DOUBLE -> number((Number) value, treatment);
			case STRING_ARRAY -> list((List<?>) value, treatment);
			case LONG_ARRAY -> numbers(complete((List<?>) value, 0L), treatment);
			case DOUBLE_ARRAY -> numbers(complete((List<?>) value, 0.0), treatment);
			case VALUE -> value((Value<?>) value, treatment, 0);
		};
	}

	private String text(String text, Treatment treatment) {
		return switch (treatment) {
			case ALLOW -> text;
			case LOOK -> this.texts.guard(text, this.findings);
			case QUERY -> this.texts.guardQuery(text, this.findings);
			case SQL -> this.sql.guard(text, this.current, this.findings);
			case MASK_TEXT, MASK -> this.texts.secret("secret", text);
		};
	}

	private Object number(Number number, Treatment treatment) {
		if (treatment == Treatment.MASK) {
			return this.texts.secret("secret", number.toString());
		}
		long whole = number.longValue();
		if (this.cards && whole >= CardScanner.LEAST && whole == number.doubleValue() && CardScanner.isCard(whole)) {
			return this.texts.secret("card", Long.toString(whole));
		}
		return number;
	}

	private Object list(List<?> list, Treatment treatment) {
		List<String> guarded = null;
		for (int i = 0; i < list.size(); i++) {
			if (list.get(i) instanceof String text) {
				String masked = text(text, treatment);
				if (!masked.equals(text)) {
					guarded = (guarded != null) ? guarded : copy(list);
					guarded.set(i, masked);
				}
			}
		}
		return (guarded != null) ? guarded : list;
	}

	/**
	 * With a value in place of those that are missing, which OpenTelemetry's exporters
	 * fail on, with all spans of the batch.
	 * @see <a href=
	 * "https://opentelemetry.io/docs/specs/otel/common/#attribute">Attribute</a>
	 */
	private static List<?> complete(List<?> list, Object missing) {
		List<Object> complete = null;
		for (int i = 0; i < list.size(); i++) {
			if (list.get(i) == null) {
				complete = (complete != null) ? complete : new ArrayList<>(list);
				complete.set(i, missing);
			}
		}
		return (complete != null) ? complete : list;
	}

	private Object numbers(List<?> numbers, Treatment treatment) {
		List<String> guarded = null;
		for (int i = 0; i < numbers.size(); i++) {
			if (numbers.get(i) instanceof Number number && number(number, treatment) instanceof String masked) {
				guarded = (guarded != null) ? guarded : copy(numbers);
				guarded.set(i, masked);
			}
		}
		return (guarded != null) ? guarded : numbers;
	}

	private static List<String> copy(List<?> list) {
		List<String> copy = new ArrayList<>(list.size());
		list.forEach((element) -> copy.add(String.valueOf(element)));
		return copy;
	}

	private Value<?> value(Value<?> value, Treatment treatment, int depth) {
		if (depth > MAX_DEPTH) {
			return Value.of(Mask.of(GuardStatistics.UNREADABLE, 1));
		}
		return switch (value.getType()) {
			case STRING -> {
				String text = (String) value.getValue();
				String guarded = text(text, treatment);
				yield guarded.equals(text) ? value : Value.of(guarded);
			}
			case LONG, DOUBLE -> {
				Object guarded = number((Number) value.getValue(), treatment);
				yield (guarded instanceof String text) ? Value.of(text) : value;
			}
			case BYTES -> bytes(value, treatment);
			case ARRAY -> array(value, treatment, depth);
			case KEY_VALUE_LIST -> map(value, treatment, depth);
			case BOOLEAN, EMPTY -> value;
		};
	}

	/**
	 * Octets that are a secret's text are masked as a whole.
	 */
	private Value<?> bytes(Value<?> value, Treatment treatment) {
		ByteBuffer buffer = ((ByteBuffer) value.getValue()).duplicate();
		byte[] octets = new byte[buffer.remaining()];
		buffer.get(octets);
		String text = new String(octets, StandardCharsets.ISO_8859_1);
		return text(text, treatment).equals(text) ? value : Value.of(this.texts.secret("secret", text));
	}

	private Value<?> array(Value<?> value, Treatment treatment, int depth) {
		List<Value<?>> guarded = new ArrayList<>();
		boolean changed = false;
		for (Object element : (List<?>) value.getValue()) {
			Value<?> before = (Value<?>) element;
			Value<?> after = value(before, treatment, depth + 1);
			changed |= after != before;
			guarded.add(after);
		}
		return changed ? Value.of(guarded) : value;
	}

	private Value<?> map(Value<?> value, Treatment treatment, int depth) {
		Map<String, Value<?>> guarded = new LinkedHashMap<>();
		boolean changed = false;
		for (Object element : (List<?>) value.getValue()) {
			KeyValue before = (KeyValue) element;
			KeyRule rule = this.rules.get(before.getKey());
			Treatment stricter = (rule.treatment().compareTo(treatment) > 0) ? rule.treatment() : treatment;
			Value<?> after = value(before.getValue(), stricter, depth + 1);
			changed |= after != before.getValue() || !rule.name().equals(before.getKey());
			guarded.put(rule.name(), after);
		}
		return changed ? Value.of(guarded) : value;
	}

	/**
	 * An attribute that becomes another one.
	 */
	private record Change(AttributeKey<?> key, AttributeKey<?> guardedKey, Object value) {

	}

}
