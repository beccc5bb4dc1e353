package io.hindspan.redis;

import java.util.function.BiConsumer;

import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.CompleteableCommand;
import io.lettuce.core.protocol.RedisCommand;
import io.lettuce.core.tracing.Tracer;
import io.lettuce.core.tracing.Tracing;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * The observation of one command. Used by the event loop of its connection, and ended by
 * whoever completes the command.
 */
final class CommandSpan extends Tracer.Span implements BiConsumer<Object, Throwable> {

	private static final String NAME = "lettuce";

	private static final String ERROR_KEY = "lettuce.command.error";

	private static final CommandConvention CONVENTION = new CommandConvention();

	private final ObservationRegistry registry;

	private final @Nullable Observation parent;

	private final Context callersContext;

	private @Nullable RedisEndpoint endpoint;

	private @Nullable RedisCommand<?, ?, ?> command;

	private @Nullable Observation observation;

	CommandSpan(ObservationRegistry registry, @Nullable Observation parent, Context callersContext) {
		this.registry = registry;
		this.parent = parent;
		this.callersContext = callersContext;
	}

	@Override
	public Tracer.Span remoteEndpoint(Tracing.Endpoint endpoint) {
		this.endpoint = (RedisEndpoint) endpoint;
		return this;
	}

	@Override
	public Tracer.Span start(RedisCommand<?, ?, ?> command) {
		RedisEndpoint known = this.endpoint;
		if (known == null || !(command instanceof CompleteableCommand<?> completeable)) {
			return this;
		}
		CommandContext started = new CommandContext(known, this.callersContext);
		started.setCommand(command);
		this.command = command;
		Observation created = Observation.createNotStarted(NAME, () -> started, this.registry)
			.observationConvention(CONVENTION);
		if (this.parent != null) {
			created.parentObservation(this.parent);
		}
		this.observation = created.start();
		completeable.onComplete(this);
		return this;
	}

	@Override
	public void accept(@Nullable Object result, @Nullable Throwable failure) {
		CommandOutput<?, ?, ?> output = (this.command != null) ? this.command.getOutput() : null;
		if (output != null) {
			String reply = output.getError();
			if (reply != null) {
				tellReply(reply);
			}
			else if (failure != null) {
				error(failure);
			}
			else {
				noteDatabase();
			}
		}
		finish();
	}

	/**
	 * Not told as an error, as ever: it would change the meters.
	 */
	private void tellReply(String reply) {
		if (this.observation != null) {
			this.observation.highCardinalityKeyValue(ERROR_KEY, reply);
		}
	}

	private void noteDatabase() {
		if (this.command != null && this.command.getType() == CommandType.SELECT && this.endpoint != null) {
			this.endpoint.select(this.command.getArgs().getFirstInteger());
		}
	}

	@Override
	public Tracer.Span error(Throwable throwable) {
		if (this.observation != null) {
			this.observation.error(throwable);
		}
		return this;
	}

	@Override
	public void finish() {
		if (this.observation != null) {
			this.observation.stop();
		}
	}

	@Override
	public Tracer.Span name(String name) {
		return this;
	}

	@Override
	public Tracer.Span annotate(String value) {
		return this;
	}

	@Override
	public Tracer.Span tag(String key, String value) {
		return this;
	}

}
