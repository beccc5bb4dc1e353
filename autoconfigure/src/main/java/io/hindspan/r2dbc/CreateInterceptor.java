package io.hindspan.r2dbc;

import java.util.function.Supplier;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Wrapped;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.beans.BeansException;
import org.springframework.util.function.SingletonSupplier;
import reactor.core.observability.DefaultSignalListener;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * Hands out traced connections in the place of those of a connection factory.
 */
final class CreateInterceptor implements MethodInterceptor {

	private final Supplier<StatementTracer> tracer;

	private final Supplier<Database> database;

	CreateInterceptor(Supplier<StatementTracer> tracer, ConnectionFactory factory) {
		this.tracer = SingletonSupplier.of(tracer);
		this.database = SingletonSupplier.of(() -> Database.of(factory));
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		Object result = invocation.proceed();
		Class<?> type = invocation.getMethod().getReturnType();
		boolean replaceable = type == Publisher.class || type == Mono.class || type == Flux.class;
		return (replaceable && result instanceof Publisher<?> connections) ? trace(connections) : result;
	}

	@SuppressWarnings("unchecked")
	private Publisher<Connection> trace(Publisher<?> connections) {
		return TracedPublishers.watch((Publisher<Connection>) connections, (subscriber) -> {
			try {
				StatementTracer tracer = this.tracer.get();
				return new TracedPublishers.Watch<>((connection) -> traced(connection, tracer),
						new Acquisition(tracer, subscriber));
			}
			catch (BeansException | IllegalStateException ex) {
				// An application that is shutting down makes no more beans
				return null;
			}
		});
	}

	private Connection traced(Connection connection, StatementTracer tracer) {
		return isTraced(connection) ? connection : new TracedConnection(connection, tracer, this.database.get());
	}

	/**
	 * A pool or a router may have taken the connection from a traced factory.
	 */
	private static boolean isTraced(Connection connection) {
		return connection instanceof TracedConnection
				|| connection instanceof Wrapped<?> wrapped && wrapped.unwrap(TracedConnection.class) != null;
	}

	/**
	 * The wait for a connection.
	 */
	private static final class Acquisition extends DefaultSignalListener<Connection> {

		private final StatementTracer tracer;

		private final ContextView subscriber;

		private final long start = System.nanoTime();

		Acquisition(StatementTracer tracer, ContextView subscriber) {
			this.tracer = tracer;
			this.subscriber = subscriber;
		}

		@Override
		public void doOnNext(Connection connection) {
			acquired(null);
		}

		@Override
		public void doOnError(Throwable error) {
			acquired(error);
		}

		private void acquired(@Nullable Throwable failure) {
			this.tracer.acquired(this.subscriber, System.nanoTime() - this.start, failure);
		}

	}

}
