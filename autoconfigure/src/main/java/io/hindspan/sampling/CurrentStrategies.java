package io.hindspan.sampling;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last strategies that could be read. Says nothing of any trace until there are some.
 * Thread-safe.
 */
final class CurrentStrategies implements HeadSampling, AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(CurrentStrategies.class);

	private final StrategySource source;

	private final LongSupplier nanoClock;

	private volatile @Nullable CompiledStrategies compiled;

	private @Nullable String failure;

	private volatile @Nullable ScheduledExecutorService executor;

	CurrentStrategies(StrategySource source, LongSupplier nanoClock) {
		this.source = source;
		this.nanoClock = nanoClock;
	}

	/**
	 * Reads the strategies for the first time.
	 * @throws IOException if they cannot be read
	 * @throws IllegalArgumentException if they are not what they should be
	 */
	synchronized void load() throws IOException {
		ServiceStrategies strategies = this.source.read();
		if (strategies != null) {
			use(strategies);
		}
	}

	/**
	 * Reads the strategies again, and keeps those that it has if it cannot. Says it where
	 * that is news.
	 */
	synchronized void refresh() {
		ServiceStrategies strategies;
		try {
			strategies = this.source.read();
		}
		catch (InterruptedIOException ex) {
			// The application is being closed
			return;
		}
		catch (IllegalArgumentException ex) {
			// A file says so once for each change, an endpoint may for hours
			failed(Objects.toString(ex.getMessage()), this.source instanceof StrategyFile);
			return;
		}
		catch (IOException | RuntimeException ex) {
			failed("cannot be read (" + ex + ")", false);
			return;
		}
		if (strategies != null) {
			if (this.failure != null) {
				this.failure = null;
				logger.info("The sampling strategies of {} can be read again.", this.source);
			}
			use(strategies);
		}
	}

	private void use(ServiceStrategies strategies) {
		CompiledStrategies before = this.compiled;
		if (before == null || !strategies.equals(before.source())) {
			this.compiled = CompiledStrategies.of(strategies, before, this.nanoClock);
		}
	}

	private void failed(String reason, boolean news) {
		if (news || !reason.equals(this.failure)) {
			logger.warn("The source of sampling strategies, {}, {}. {}.", this.source, reason, (this.compiled != null)
					? "Its last good ones stay" : "Until it can be read, the rate or probability that is set holds");
		}
		this.failure = reason;
	}

	/**
	 * Begins to read again and again, on a thread of its own.
	 */
	void poll(Duration delay, Duration interval) {
		ScheduledExecutorService polling = Executors.newSingleThreadScheduledExecutor((task) -> {
			Thread thread = new Thread(task, "hindspan-sampling-strategies");
			thread.setDaemon(true);
			return thread;
		});
		polling.scheduleWithFixedDelay(this::refresh, delay.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
		this.executor = polling;
	}

	@Override
	public void close() {
		ScheduledExecutorService polling = this.executor;
		if (polling != null) {
			polling.shutdownNow();
		}
	}

	@Override
	public @Nullable Chance chance(Context parent, String name, SpanKind kind, Attributes attributes) {
		CompiledStrategies current = this.compiled;
		return (current != null) ? current.chance(parent, name, kind, attributes) : null;
	}

	@Override
	public String toString() {
		return "Strategies{" + this.source + "}";
	}

}
