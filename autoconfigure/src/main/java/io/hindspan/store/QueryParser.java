package io.hindspan.store;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Reads a query. {@code docs/search.md} has the grammar. For one thread.
 */
final class QueryParser {

	/** How long a query may be. */
	static final int MAX_LENGTH = 4000;

	/** How many brackets and negations may be within each other. */
	static final int MAX_DEPTH = 50;

	/** How many conditions a query may have. */
	static final int MAX_CONDITIONS = 200;

	private static final String[] AND = { "AND", "and", "&&" };

	private static final String[] OR = { "OR", "or", "||" };

	private static final String[] NOT = { "NOT", "not" };

	private static final Set<String> KINDS = Set.of("internal", "server", "client", "producer", "consumer");

	private static final Set<String> STATUSES = Set.of("unset", "ok", "error");

	private static final Set<String> FLAGS = Set.of("true", "false");

	/** Keys of terms that stand for something else than an attribute. */
	private static final Set<String> RESERVED = Set.of("service", "name", "status", "kind", "trace.id");

	/**
	 * From here on a whole number and a {@code double} may be equal and differ as texts.
	 */
	private static final long EXACT = 1L << 53;

	private static final Pattern KEY = Pattern.compile("[A-Za-z_][\\w-]*(\\.[\\w-]+)+");

	private static final Pattern TRACE_ID = Pattern.compile("[0-9a-fA-F]{32}");

	private static final Pattern SPAN_ID = Pattern.compile("[0-9a-fA-F]{16}");

	private final QueryLexer lexer;

	private int conditions;

	private int numbered;

	QueryParser(String text) {
		if (text.length() > MAX_LENGTH) {
			throw new QuerySyntaxException("The query has " + text.length() + " characters; it may have " + MAX_LENGTH,
					MAX_LENGTH);
		}
		this.lexer = new QueryLexer(text);
	}

	/**
	 * Reads it.
	 * @return what it asks, or {@code null} if it asks nothing
	 */
	@Nullable QueryCondition parse() {
		if (this.lexer.atEnd()) {
			return null;
		}
		QueryCondition condition = or(0);
		if (!this.lexer.atEnd()) {
			throw wrong(this.lexer.isAt(')') ? "This ')' closes nothing: remove it, or put quotes around it"
					: "This '}' closes nothing: remove it, or put quotes around it");
		}
		return condition;
	}

	/**
	 * How many conditions it has that are asked of a trace once.
	 */
	int numbered() {
		return this.numbered;
	}

	private QuerySyntaxException wrong(String message) {
		return new QuerySyntaxException(message, this.lexer.position());
	}

	private QueryCondition or(int depth) {
		List<QueryCondition> parts = new ArrayList<>();
		do {
			parts.add(and(depth));
		}
		while (this.lexer.take(OR));
		return (parts.size() > 1) ? new QueryCondition.Any(List.copyOf(parts)) : parts.get(0);
	}

	private QueryCondition and(int depth) {
		List<QueryCondition> parts = new ArrayList<>();
		do {
			parts.add(unary(depth));
		}
		while (this.lexer.take(AND) || !isOver());
		parts.sort(Comparator.comparingInt(QueryParser::cost));
		return (parts.size() > 1) ? new QueryCondition.All(List.copyOf(parts)) : parts.get(0);
	}

	/**
	 * How much work a condition is: the cheapest of several is asked first, since the
	 * others need not be asked where it does not hold.
	 */
	private static int cost(QueryCondition condition) {
		if (condition instanceof QueryCondition.OfTrace) {
			return 0;
		}
		if (condition instanceof QueryCondition.OfSpan ofSpan) {
			return (ofSpan.field() == SpanField.WORDS) ? 3 : (ofSpan.field() instanceof SpanField.Attribute) ? 2 : 1;
		}
		return (condition instanceof QueryCondition.Absent) ? 2 : 4;
	}

	private boolean isOver() {
		return this.lexer.atEnd() || this.lexer.isAt(')') || this.lexer.isAt('}') || this.lexer.keyword(OR) != null;
	}

	private QueryCondition unary(int depth) {
		if (depth > MAX_DEPTH) {
			throw wrong("More than " + MAX_DEPTH + " brackets and negations are within each other");
		}
		int start = this.lexer.position();
		String keyword = this.lexer.keyword(OR);
		keyword = (keyword != null) ? keyword : this.lexer.keyword(AND);
		if (keyword != null) {
			throw wrong(
					"A condition is missing before '" + keyword + "'; to search for the word, put quotes around it");
		}
		if (this.lexer.take(NOT)) {
			return none(depth, start, "NOT");
		}
		if (this.lexer.take('-')) {
			return negated(depth, start, "-");
		}
		if (this.lexer.isAt('!') && !this.lexer.isAtOperator()) {
			this.lexer.take('!');
			return negated(depth, start, "!");
		}
		if (this.lexer.take('(')) {
			return bracketed(depth, start, ')');
		}
		if (this.lexer.take('{')) {
			return new QueryCondition.Some(bracketed(depth, start, '}'), this.numbered++);
		}
		if (isOver()) {
			throw wrong("A condition is missing here, such as http.method=POST or duration:>1s");
		}
		return condition(start);
	}

	private QueryCondition negated(int depth, int start, String sign) {
		if (this.lexer.isBlankHere()) {
			throw new QuerySyntaxException(
					"What '" + sign
							+ "' negates must follow at once; to search for the character, put quotes around it",
					start);
		}
		return none(depth, start, sign);
	}

	private QueryCondition none(int depth, int start, String sign) {
		if (isOver()) {
			throw new QuerySyntaxException("What '" + sign + "' negates is missing", start);
		}
		return new QueryCondition.None(unary(depth + 1), this.numbered++);
	}

	private QueryCondition bracketed(int depth, int start, char end) {
		QueryCondition condition = or(depth + 1);
		if (!this.lexer.take(end)) {
			throw this.lexer.atEnd()
					? new QuerySyntaxException("The bracket that opens here is not closed: add a '" + end + "'", start)
					: wrong("Here a '" + end + "' is expected");
		}
		return condition;
	}

	private QueryCondition condition(int start) {
		if (++this.conditions > MAX_CONDITIONS) {
			throw new QuerySyntaxException("The query has more than " + MAX_CONDITIONS + " conditions", start);
		}
		QueryWord key = this.lexer.key();
		QueryOperator operator = this.lexer.operator();
		if (operator == null) {
			return bare(key);
		}
		if (key.text().isEmpty()) {
			throw new QuerySyntaxException("What is to be compared is missing before '" + operator + "'", start);
		}
		if (key.isPattern()) {
			throw new QuerySyntaxException(
					"A key has no wildcards; to search for text that has an operator in it, put quotes around it",
					start);
		}
		return comparison(key, operator, value(operator));
	}

	private QueryWord value(QueryOperator operator) {
		if (this.lexer.isAt('(')) {
			throw wrong("A value cannot begin with '(': write (key=a OR key=b), or put quotes around the value");
		}
		if (this.lexer.isAtOperator() || this.lexer.isAt(':')) {
			throw wrong("One operator follows another; put quotes around a value that begins like one");
		}
		QueryWord value = this.lexer.value();
		if (value.text().isEmpty() && !value.quoted()) {
			throw new QuerySyntaxException(
					"A value is missing after '" + operator + "'; for one that is empty, write two quotes",
					value.start());
		}
		return value;
	}

	private QueryCondition bare(QueryWord word) {
		String text = word.text();
		if (word.isAnything()) {
			return new QueryCondition.OfSpan(SpanField.NAME, ValueTest.ANYTHING, false, null);
		}
		if (!word.quoted() && !word.isPattern()) {
			if (text.equals("error")) {
				return new QueryCondition.OfSpan(SpanField.ERROR, ValueTest.equalTo("true"), false, null);
			}
			if (TRACE_ID.matcher(text).matches()) {
				return traceId(text.toLowerCase(Locale.ROOT));
			}
			if (SPAN_ID.matcher(text).matches()) {
				return new QueryCondition.OfSpan(SpanField.SPAN_ID, ValueTest.text(text.toLowerCase(Locale.ROOT)),
						false, null);
			}
			if (text.startsWith("trace.") || text.startsWith("root.")) {
				throw new QuerySyntaxException(
						"What to compare " + text + " with is missing, as in trace.duration>1s or root.name=\"GET /\"",
						word.start());
			}
			if (KEY.matcher(text).matches()) {
				return attributeOrWord(word);
			}
		}
		return words(word);
	}

	/**
	 * A name of an attribute may be a text, too, such as the name of a class.
	 */
	private QueryCondition attributeOrWord(QueryWord word) {
		QueryCondition attribute = new QueryCondition.OfSpan(field(word), ValueTest.ANYTHING, false, null);
		return (isField(word.text()) || FieldNames.isKnown(word.text())) ? attribute
				: new QueryCondition.Any(List.of(attribute, words(word)));
	}

	private QueryCondition words(QueryWord word) {
		if (word.text().isEmpty()) {
			throw new QuerySyntaxException("The text to search for is empty", word.start());
		}
		return new QueryCondition.OfSpan(SpanField.WORDS, contains(word), false, null);
	}

	private static ValueTest contains(QueryWord word) {
		return ValueTest.matching(GlobPattern.part(bounded(word).text(), word.wildcards()));
	}

	private static QueryWord bounded(QueryWord word) {
		if (word.text().length() > GlobPattern.MAX_LENGTH) {
			throw new QuerySyntaxException("This text has " + word.text().length()
					+ " characters; one that is searched for or has wildcards may have " + GlobPattern.MAX_LENGTH,
					word.start());
		}
		return word;
	}

	private static QueryCondition traceId(String id) {
		return new QueryCondition.OfTrace(TraceField.ID, ValueTest.text(id), false,
				new TraceQuery.Term(List.of("trace.id"), id));
	}

	private QueryCondition comparison(QueryWord key, QueryOperator operator, QueryWord value) {
		if (key.quoted()) {
			return attribute(key, operator, value);
		}
		return switch (key.text()) {
			case "service" -> span(SpanField.SERVICE, operator, value, text(key, operator, value), "service");
			case "name", "operation", "span.name" ->
				span(SpanField.NAME, operator, value, text(key, operator, value), "name");
			case "kind", "span.kind" ->
				span(SpanField.KIND, operator, value, choice(key, operator, value, KINDS), "kind");
			case "status" -> span(SpanField.STATUS, operator, value, choice(key, operator, value, STATUSES), "status");
			case "error" -> span(SpanField.ERROR, operator, value, choice(key, operator, value, FLAGS), null);
			case "duration" -> new QueryCondition.OfSpan(SpanField.DURATION, duration(key, operator, value),
					operator.isNegative(), null, least(operator, value));
			case "trace.duration" -> new QueryCondition.OfTrace(TraceField.DURATION, duration(key, operator, value),
					operator.isNegative(), null, least(operator, value));
			case "trace.spans" -> trace(TraceField.SPANS, operator, count(key, operator, value));
			case "trace.errors" -> trace(TraceField.ERRORS, operator, count(key, operator, value));
			case "trace.id" ->
				(operator == QueryOperator.EQUAL && !value.isPattern()) ? traceId(value.text().toLowerCase(Locale.ROOT))
						: trace(TraceField.ID, operator, text(key, operator, lowerCase(value)));
			case "root.name" -> trace(TraceField.ROOT_NAME, operator, text(key, operator, value));
			case "root.service" -> trace(TraceField.ROOT_SERVICE, operator, text(key, operator, value));
			case "span.id", "link.trace.id", "link.span.id" ->
				span(field(key), operator, value, text(key, operator, lowerCase(value)), null);
			case "event", "event.name", "scope" -> span(field(key), operator, value, text(key, operator, value), null);
			default -> attribute(key, operator, value);
		};
	}

	private static boolean isField(String key) {
		return switch (key) {
			case "span.id", "link.trace.id", "link.span.id", "event", "event.name", "scope" -> true;
			default -> false;
		};
	}

	/**
	 * Where the spans have what a key asks for.
	 */
	private static SpanField field(QueryWord key) {
		String name = key.text();
		if (!key.quoted()) {
			switch (name) {
				case "span.id" -> {
					return SpanField.SPAN_ID;
				}
				case "link.trace.id" -> {
					return SpanField.LINK_TRACE_ID;
				}
				case "link.span.id" -> {
					return SpanField.LINK_SPAN_ID;
				}
				case "event", "event.name" -> {
					return SpanField.EVENT;
				}
				case "scope" -> {
					return SpanField.SCOPE;
				}
				default -> {
				}
			}
			for (String prefix : List.of("trace.", "root.", "link.")) {
				if (name.startsWith(prefix)) {
					throw new QuerySyntaxException(name + " is nothing that a query can ask for. There are trace.id, "
							+ "trace.duration, trace.spans, trace.errors, root.name, root.service, link.trace.id and "
							+ "link.span.id; for an attribute of this name, put quotes around it", key.start());
				}
			}
		}
		if (FieldNames.URLS.contains(name)) {
			return SpanField.attribute(FieldNames.WITH_URL);
		}
		String bare = name.substring(name.indexOf('.') + 1);
		if (!key.quoted() && !bare.isEmpty()) {
			if (name.startsWith("span.")) {
				return SpanField.ofSpan(FieldNames.of(bare), name);
			}
			if (name.startsWith("event.")) {
				return SpanField.ofEvents(FieldNames.of(bare), name);
			}
			if (name.startsWith("resource.")) {
				return SpanField.ofResource(FieldNames.of(bare), name);
			}
		}
		return SpanField.attribute(FieldNames.of(name));
	}

	private static QueryCondition span(SpanField field, QueryOperator operator, QueryWord value, ValueTest test,
			@Nullable String key) {
		if (value.isAnything()) {
			return existence(field, operator);
		}
		boolean lower = "kind".equals(key) || "status".equals(key);
		return new QueryCondition.OfSpan(field, test, operator.isNegative(),
				(key != null && operator == QueryOperator.EQUAL && !value.isPattern())
						? new TraceQuery.Term(List.of(key), (lower ? lowerCase(value) : value).text()) : null);
	}

	private static QueryCondition existence(SpanField field, QueryOperator operator) {
		return (operator == QueryOperator.DIFFERENT) ? new QueryCondition.Absent(field)
				: new QueryCondition.OfSpan(field, ValueTest.ANYTHING, operator.isNegative(), null);
	}

	private static QueryCondition trace(TraceField field, QueryOperator operator, ValueTest test) {
		return new QueryCondition.OfTrace(field, test, operator.isNegative(), null);
	}

	private static QueryCondition attribute(QueryWord key, QueryOperator operator, QueryWord value) {
		SpanField field = field(key);
		if (value.isAnything() && !operator.isOrder()) {
			return existence(field, operator);
		}
		boolean equality = operator == QueryOperator.EQUAL || operator == QueryOperator.DIFFERENT;
		if (FieldNames.URLS.contains(key.text()) && equality) {
			if (value.text().startsWith("/")) {
				return new QueryCondition.OfSpan(SpanField.attribute(FieldNames.WITH_PATH),
						ValueTest.path(text(key, operator, value)), operator.isNegative(), null);
			}
			if (value.text().contains("://")) {
				return new QueryCondition.OfSpan(SpanField.attribute(FieldNames.WITH_HOST),
						ValueTest.url(text(key, operator, value)), operator.isNegative(), null);
			}
		}
		ValueTest test = operator.isOrder() ? ValueTest.ordered(operator, number(key, operator, value))
				: text(key, operator, value);
		return new QueryCondition.OfSpan(field, test, operator.isNegative(),
				(operator == QueryOperator.EQUAL && !value.isPattern()) ? term(key, value.text()) : null);
	}

	private static TraceQuery.@Nullable Term term(QueryWord key, String value) {
		String name = key.text();
		if (FieldNames.URLS.contains(name) || !isExact(value)) {
			return null;
		}
		List<String> names = FieldNames.of(name);
		for (String prefix : List.of("span.", "event.", "resource.")) {
			if (!key.quoted() && name.startsWith(prefix) && name.length() > prefix.length()) {
				names = SpanField.names(FieldNames.of(name.substring(prefix.length())), name);
			}
		}
		return names.stream().anyMatch(RESERVED::contains) ? null : new TraceQuery.Term(names, value);
	}

	/**
	 * Whether all that is equal to a value has the same text.
	 */
	private static boolean isExact(String value) {
		Number number = QueryNumber.parse(value);
		if (number != null) {
			return AttributeText.of(number).equals(value)
					&& (!(number instanceof Long whole) || (whole > -EXACT && whole < EXACT));
		}
		return FLAGS.contains(value) || !FLAGS.contains(value.toLowerCase(Locale.ROOT));
	}

	private static ValueTest text(QueryWord key, QueryOperator operator, QueryWord value) {
		if (operator.isOrder()) {
			throw new QuerySyntaxException("'" + key.text() + "' is no number: compare it with '=', '!=', '~' or '!~'",
					value.start());
		}
		if (operator == QueryOperator.CONTAINS || operator == QueryOperator.LACKS) {
			return contains(value);
		}
		return value.isPattern() ? ValueTest.matching(GlobPattern.whole(bounded(value).text(), value.wildcards()))
				: ValueTest.equalTo(value.text());
	}

	private static ValueTest choice(QueryWord key, QueryOperator operator, QueryWord value, Set<String> choices) {
		QueryWord lower = lowerCase(value);
		if (operator != QueryOperator.EQUAL && operator != QueryOperator.DIFFERENT) {
			throw new QuerySyntaxException("'" + key.text() + "' can be compared with '=' and '!=' only",
					value.start());
		}
		if (!value.isAnything() && !choices.contains(lower.text())) {
			throw new QuerySyntaxException(
					"'" + key.text() + "' is one of " + String.join(", ", sorted(choices)) + hint(key, value),
					value.start());
		}
		return ValueTest.text(lower.text());
	}

	private static String hint(QueryWord key, QueryWord value) {
		if (key.text().equals("status") && QueryNumber.parse(value.text()) != null) {
			return "; the status of a response is http.status_code";
		}
		return key.text().equals("error") ? "; the type of an error is error.type" : "";
	}

	private static List<String> sorted(Set<String> choices) {
		return choices.stream().sorted().toList();
	}

	private static ValueTest duration(QueryWord key, QueryOperator operator, QueryWord value) {
		Long nanos = QueryNumber.duration(value.text());
		if (nanos == null) {
			throw new QuerySyntaxException(
					"'" + key.text()
							+ "' is compared with a number and a unit (ns, us, ms, s, m, h), such as 100ms or 1.5s",
					value.start());
		}
		return numeric(key, operator, value, nanos);
	}

	/**
	 * How long a trace must be, since none of its spans is longer.
	 */
	private static long least(QueryOperator operator, QueryWord value) {
		Long nanos = QueryNumber.duration(value.text());
		return (nanos == null || operator == QueryOperator.DIFFERENT || operator.holds(-1)) ? 0 : nanos;
	}

	private static ValueTest count(QueryWord key, QueryOperator operator, QueryWord value) {
		return numeric(key, operator, value, number(key, operator, value));
	}

	private static ValueTest numeric(QueryWord key, QueryOperator operator, QueryWord value, Number operand) {
		return switch (operator) {
			case CONTAINS,
					LACKS ->
				throw new QuerySyntaxException(
						"'" + key.text() + "' is a number: compare it with '=', '!=', '>', '>=', '<' or '<='",
						value.start());
			case EQUAL, DIFFERENT -> ValueTest.ordered(QueryOperator.EQUAL, operand);
			default -> ValueTest.ordered(operator, operand);
		};
	}

	private static Number number(QueryWord key, QueryOperator operator, QueryWord value) {
		Number number = QueryNumber.parse(value.text());
		if (number == null) {
			throw new QuerySyntaxException("After '" + operator + "' a number is expected"
					+ ((QueryNumber.duration(value.text()) != null) ? "; only duration and trace.duration have a unit"
							: ", such as " + key.text() + operator + 500),
					value.start());
		}
		return number;
	}

	private static QueryWord lowerCase(QueryWord word) {
		return new QueryWord(word.text().toLowerCase(Locale.ROOT), word.wildcards(), word.quoted(), word.start());
	}

}
