package io.hindspan.store;

import java.util.List;

/**
 * A test that a value passes or not. Of a list it is enough that one element passes.
 * Immutable.
 */
interface ValueTest {

	/** What any value passes, an empty list included. */
	ValueTest ANYTHING = (value) -> true;

	/**
	 * Whether a value passes.
	 * @param value the value of an attribute, or what is compared like one
	 */
	boolean test(Object value);

	/**
	 * A test that each element of a list is put to.
	 */
	static ValueTest ofEach(ValueTest test) {
		return new OfEach(test);
	}

	/**
	 * That a value is the one that a text says: the text, the number or the boolean.
	 */
	static ValueTest equalTo(String text) {
		Number number = QueryNumber.parse(text);
		return ofEach((value) -> {
			if (value instanceof Boolean flag) {
				return flag.toString().equalsIgnoreCase(text);
			}
			if (value instanceof Number other && number != null) {
				return QueryNumber.compare(other, number) == 0;
			}
			return value.toString().equals(text);
		});
	}

	/**
	 * That a text is a certain one.
	 */
	static ValueTest text(String text) {
		return (value) -> value.toString().equals(text);
	}

	/**
	 * That a number is more or less than another one. A text that is a number counts as
	 * one.
	 */
	static ValueTest ordered(QueryOperator operator, Number operand) {
		return ofEach((value) -> {
			Number number = (value instanceof Number other) ? other
					: (value instanceof String text) ? QueryNumber.parse(text) : null;
			return number != null && operator.holds(QueryNumber.compare(number, operand));
		});
	}

	/**
	 * That the text of a value matches.
	 */
	static ValueTest matching(GlobPattern pattern) {
		return ofEach((value) -> pattern.matches(AttributeText.of(value)));
	}

	/**
	 * That the path of a URL, or of a path with a query string, matches, or the path with
	 * the query string does.
	 */
	static ValueTest path(ValueTest test) {
		return ofEach((value) -> {
			if (!(value instanceof String url)) {
				return false;
			}
			String target = target(url);
			int query = target.indexOf('?');
			return test.test(target) || (query >= 0 && test.test(target.substring(0, query)));
		});
	}

	/**
	 * That a URL is equal to another one, or is without its query string.
	 */
	static ValueTest url(ValueTest test) {
		return ofEach((value) -> {
			int query = (value instanceof String url) ? url.indexOf('?') : -1;
			return test.test(value) || (query >= 0 && test.test(value.toString().substring(0, query)));
		});
	}

	/**
	 * What follows the host, without a fragment.
	 */
	private static String target(String url) {
		int start = 0;
		int scheme = url.indexOf("://");
		int query = url.indexOf('?');
		if (scheme > 0 && !url.startsWith("/") && (query < 0 || scheme < query)) {
			start = scheme + 3;
			while (start < url.length() && "/?#".indexOf(url.charAt(start)) < 0) {
				start++;
			}
		}
		int end = url.indexOf('#', start);
		String target = url.substring(start, (end >= 0) ? end : url.length());
		return target.startsWith("/") ? target : '/' + target;
	}

	/**
	 * A test of single values.
	 *
	 * @param test the test
	 */
	record OfEach(ValueTest test) implements ValueTest {

		@Override
		public boolean test(Object value) {
			return test(value, 0);
		}

		private boolean test(Object value, int depth) {
			Object plain = AttributeText.plain(value);
			if (!(plain instanceof List<?> elements)) {
				return this.test.test(plain);
			}
			if (depth < AttributeText.MAX_DEPTH) {
				for (Object element : elements) {
					if (test(element, depth + 1)) {
						return true;
					}
				}
			}
			return false;
		}

	}

}
