package io.hindspan.neo4j;

import java.util.List;
import java.util.Set;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationView;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import org.jspecify.annotations.Nullable;
import org.neo4j.driver.exceptions.Neo4jException;
import org.neo4j.driver.observation.micrometer.BoltHandleContext;
import org.neo4j.driver.observation.micrometer.SessionRunContext;
import org.neo4j.driver.observation.micrometer.TransactionRunContext;

import io.hindspan.span.SpanAttributes;
import io.hindspan.span.SpanConvention;

/**
 * Makes a span of each query that is sent, until the answer to all messages that were
 * sent with it is there, and of each further request for its records. What begins and
 * ends transactions, sessions and connections has none. The driver tells the text to the
 * observation above.
 */
final class QueryConvention implements SpanConvention<BoltHandleContext> {

	static final String INSTRUMENTATION_SCOPE = "io.hindspan.neo4j";

	private static final String NEO4J = "neo4j";

	private static final Set<String> COVERED = Set.of("db.system.name", "neo4j.bolt.messages");

	private static final String RUN = "RUN";

	private static final String PULL = "PULL";

	private final boolean queryText;

	QueryConvention(boolean queryText) {
		this.queryText = queryText;
	}

	@Override
	public Class<BoltHandleContext> contextType() {
		return BoltHandleContext.class;
	}

	/**
	 * Further records without a parent would be traces of their own that tell nothing.
	 */
	@Override
	public boolean leavesOut(BoltHandleContext context, Span parent) {
		return !isQuery(context) && !(parent.getSpanContext().isValid() && isTraced(context));
	}

	private static boolean isQuery(BoltHandleContext context) {
		return context.messageNames().contains(RUN);
	}

	/**
	 * Whether these messages have a span, if anything here has.
	 */
	static boolean isTraced(BoltHandleContext context) {
		List<String> messages = context.messageNames();
		return messages.contains(RUN) || messages.contains(PULL);
	}

	/**
	 * The answers to the messages, each of which is an event to the driver.
	 */
	@Override
	public boolean leavesOut(Observation.Event event) {
		return event.getName().startsWith("summary.");
	}

	@Override
	public String instrumentationScope() {
		return INSTRUMENTATION_SCOPE;
	}

	@Override
	public SpanKind kind(BoltHandleContext context) {
		return SpanKind.CLIENT;
	}

	@Override
	public String nameAtStart(BoltHandleContext context) {
		return isQuery(context) ? query(context).spanName() : PULL;
	}

	@Override
	public void attributesAtStart(BoltHandleContext context, SpanAttributes attributes) {
		attributes.put(Neo4jAttributes.SYSTEM, NEO4J);
		if (!isQuery(context)) {
			attributes.put(Neo4jAttributes.OPERATION, PULL);
			return;
		}
		CypherQuery query = query(context);
		attributes.put(Neo4jAttributes.OPERATION, query.operation()).put(Neo4jAttributes.SUMMARY, query.summary());
		if (this.queryText && !query.text().isEmpty()) {
			attributes.put(Neo4jAttributes.TEXT, query.text());
		}
	}

	/**
	 * Read once, for name and attributes.
	 */
	private static CypherQuery query(BoltHandleContext context) {
		return context.computeIfAbsent(CypherQuery.class, (key) -> CypherScanner.scan(text(context)));
	}

	private static String text(BoltHandleContext context) {
		ObservationView run = context.getParentObservation();
		Observation.ContextView asked = (run != null) ? run.getContextView() : null;
		if (asked instanceof SessionRunContext session) {
			return session.query();
		}
		return (asked instanceof TransactionRunContext transaction) ? transaction.query() : "";
	}

	@Override
	public void attributesAtEnd(BoltHandleContext context, SpanAttributes attributes) {
		attributes.put(Neo4jAttributes.STATUS_CODE, code(context.getError()));
	}

	private static @Nullable String code(@Nullable Throwable error) {
		String code = (error instanceof Neo4jException exception) ? exception.code() : null;
		return (code != null && code.startsWith("Neo.")) ? code : null;
	}

	@Override
	public boolean covers(String key) {
		return COVERED.contains(key);
	}

}
