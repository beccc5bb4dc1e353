package io.hindspan.mongo;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import com.mongodb.MongoException;
import com.mongodb.RequestContext;
import com.mongodb.ServerAddress;
import com.mongodb.event.CommandFailedEvent;
import com.mongodb.event.CommandListener;
import com.mongodb.event.CommandStartedEvent;
import com.mongodb.event.CommandSucceededEvent;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hindspan.span.InstrumentationTracer;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanAttributes;
import io.hindspan.span.SpanOutcome;

/**
 * Makes a span of each command that the driver sends. A command document is only good
 * within the call that brings it. Thread-safe.
 */
final class CommandTracer implements CommandListener {

	static final String INSTRUMENTATION_SCOPE = "io.hindspan.mongo";

	private static final Logger logger = LoggerFactory.getLogger(CommandTracer.class);

	private static final String MONGODB = "mongodb";

	/** Each command that starts also ends, but the driver's word is all there is. */
	private static final int MAX_OPEN = 10_000;

	private final Map<Integer, CommandSpan> open = new ConcurrentHashMap<>();

	private final InstrumentationTracer tracer;

	private final boolean queryText;

	CommandTracer(InstrumentationTracers tracers, boolean queryText) {
		this.tracer = tracers.get(INSTRUMENTATION_SCOPE);
		this.queryText = queryText;
	}

	@Override
	public void commandStarted(CommandStartedEvent event) {
		if (Command.isHousekeeping(event.getCommandName()) || this.open.size() >= MAX_OPEN) {
			return;
		}
		Context parent = parent(event.getRequestContext());
		boolean endless = event.getCommandName().equals(Command.NEXT_ROWS)
				&& !Span.fromContext(parent).getSpanContext().isValid();
		if (endless || this.tracer.leavesOut(parent)) {
			return;
		}
		try {
			start(event, parent);
		}
		catch (RuntimeException ex) {
			logger.debug("Could not start the span of a command", ex);
		}
	}

	private static Context parent(@Nullable RequestContext request) {
		Context context = (request != null) ? request.getOrDefault(Context.class, null) : null;
		return (context != null) ? context : Context.current();
	}

	private void start(CommandStartedEvent event, Context parent) {
		Command command = Command.of(event);
		ServerAddress server = event.getConnectionDescription().getServerAddress();
		SpanBuilder builder = this.tracer.spanBuilder(command.spanName(), SpanKind.CLIENT, parent);
		SpanAttributes attributes = this.tracer.attributes(builder)
			.put(MongoAttributes.SYSTEM, MONGODB)
			.put(MongoAttributes.NAMESPACE, event.getDatabaseName())
			.put(MongoAttributes.OPERATION, command.operation())
			.put(MongoAttributes.COLLECTION, command.collection())
			.put(MongoAttributes.SERVER_ADDRESS, server.getHost())
			.put(MongoAttributes.SERVER_PORT, server.getPort());
		Span span = builder.startSpan();
		if (!span.isRecording()) {
			span.end();
			return;
		}
		attributes = this.tracer.attributes(span);
		if (this.queryText) {
			attributes.put(MongoAttributes.TEXT, CommandText.of(event.getCommand(), command.beginsWithCollection()));
		}
		int batch = batchSize(event.getCommand(), command.operation());
		if (batch > 1) {
			attributes.put(MongoAttributes.BATCH_SIZE, batch);
		}
		this.open.put(event.getRequestId(), new CommandSpan(span, parent));
	}

	private static int batchSize(BsonDocument command, String operation) {
		String many = switch (operation) {
			case "insert" -> "documents";
			case "update" -> "updates";
			case "delete" -> "deletes";
			case "bulkWrite" -> "ops";
			default -> null;
		};
		BsonValue values = (many != null) ? command.get(many) : null;
		return (values != null && values.isArray()) ? values.asArray().size() : 0;
	}

	@Override
	public void commandSucceeded(CommandSucceededEvent event) {
		CommandSpan command = this.open.remove(event.getRequestId());
		if (command == null) {
			return;
		}
		try {
			SpanAttributes attributes = this.tracer.attributes(command.span);
			Reply reply = new Reply(event.getResponse());
			attributes.put(MongoAttributes.RETURNED_ROWS, reply.returnedRows())
				.put(MongoAttributes.AFFECTED_ROWS,
						Command.writes(event.getCommandName()) ? reply.affectedRows() : null);
			String error = reply.writeError();
			if (error != null) {
				// The exception is made by the caller, whose span has it
				attributes.put(MongoAttributes.STATUS_CODE, error);
				this.tracer.outcome(command.span, command.parent, SpanOutcome.failed(error, null));
			}
		}
		catch (RuntimeException ex) {
			logger.debug("Could not read the reply to a command", ex);
		}
		finally {
			command.span.end();
		}
	}

	@Override
	public void commandFailed(CommandFailedEvent event) {
		CommandSpan command = this.open.remove(event.getRequestId());
		if (command != null) {
			fail(command.span, command.parent, event.getThrowable());
		}
	}

	private void fail(Span span, Context parent, Throwable failure) {
		try {
			if (failure instanceof MongoException exception && exception.getCode() > 0) {
				this.tracer.attributes(span).put(MongoAttributes.STATUS_CODE, Integer.toString(exception.getCode()));
			}
			this.tracer.fail(span, parent, failure);
		}
		catch (RuntimeException ex) {
			logger.debug("Could not describe a failed command", ex);
		}
		finally {
			span.end();
		}
	}

	/**
	 * Makes the span of an operation that found no server to send a command to.
	 * @param operation the operation
	 * @param failure why there was none
	 */
	void notSent(UnsentOperation operation, Throwable failure) {
		Context parent = operation.parent();
		if (this.tracer.leavesOut(parent)) {
			return;
		}
		try {
			Command command = new Command(operation.name(), operation.collection());
			SpanBuilder builder = this.tracer.spanBuilder(command.spanName(), SpanKind.CLIENT, parent)
				.setStartTimestamp(operation.start());
			this.tracer.attributes(builder)
				.put(MongoAttributes.SYSTEM, MONGODB)
				.put(MongoAttributes.NAMESPACE, operation.database())
				.put(MongoAttributes.OPERATION, command.operation())
				.put(MongoAttributes.COLLECTION, command.collection());
			fail(builder.startSpan(), parent, failure);
		}
		catch (RuntimeException ex) {
			logger.debug("Could not make the span of an operation", ex);
		}
	}

	/**
	 * A command that waits for its reply.
	 *
	 * @param span its span
	 * @param parent the context that it was asked for in
	 */
	private record CommandSpan(Span span, Context parent) {

	}

}
