package io.hindspan.span.codec;

import io.opentelemetry.api.common.AttributeType;
import io.opentelemetry.api.common.ValueType;

/**
 * The bytes that stand for the types of attributes and values. Not their ordinals, which
 * another version of OpenTelemetry may number otherwise.
 */
final class AttributeCode {

	static final int STRING = 1;

	static final int BOOLEAN = 2;

	static final int LONG = 3;

	static final int DOUBLE = 4;

	static final int STRING_ARRAY = 5;

	static final int BOOLEAN_ARRAY = 6;

	static final int LONG_ARRAY = 7;

	static final int DOUBLE_ARRAY = 8;

	static final int VALUE = 9;

	static final int ARRAY = 10;

	static final int MAP = 11;

	static final int BYTES = 12;

	static final int EMPTY = 13;

	private AttributeCode() {
	}

	static int of(AttributeType type) {
		return switch (type) {
			case STRING -> STRING;
			case BOOLEAN -> BOOLEAN;
			case LONG -> LONG;
			case DOUBLE -> DOUBLE;
			case STRING_ARRAY -> STRING_ARRAY;
			case BOOLEAN_ARRAY -> BOOLEAN_ARRAY;
			case LONG_ARRAY -> LONG_ARRAY;
			case DOUBLE_ARRAY -> DOUBLE_ARRAY;
			case VALUE -> VALUE;
		};
	}

	static int of(ValueType type) {
		return switch (type) {
			case STRING -> STRING;
			case BOOLEAN -> BOOLEAN;
			case LONG -> LONG;
			case DOUBLE -> DOUBLE;
			case ARRAY -> ARRAY;
			case KEY_VALUE_LIST -> MAP;
			case BYTES -> BYTES;
			case EMPTY -> EMPTY;
		};
	}

}
