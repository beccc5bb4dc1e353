package io.hindspan.r2dbc;

import java.lang.reflect.Method;
import java.lang.reflect.TypeVariable;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Wrapped;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.ResolvableType;
import org.springframework.util.function.SingletonSupplier;
import reactor.core.observability.DefaultSignalListener;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * Hands out traced connections in the place of those of a connection factory, unless its
 * method promises a class of its own.
 */
final class CreateInterceptor implements MethodInterceptor {

	private static final Logger logger = LoggerFactory.getLogger(CreateInterceptor.class);

	private final Map<Method, Boolean> replaceable = new ConcurrentHashMap<>();

	private final Supplier<StatementTracer> tracer;

	private final Class<?> type;

	private final FactoryDatabase database;

	CreateInterceptor(Supplier<StatementTracer> tracer, ConnectionFactory factory) {
		this.tracer = SingletonSupplier.of(tracer);
		this.type = factory.getClass();
		this.database = new FactoryDatabase(factory);
	}

	/**
	 * Whether those who call a method can do with other connections than its own.
	 * @param create the method
	 * @param type the class that is asked
	 */
	static boolean canReplace(Method create, Class<?> type) {
		Class<?> publisher = create.getReturnType();
		if (publisher != Publisher.class && publisher != Mono.class && publisher != Flux.class) {
			return false;
		}
		ResolvableType returned = ResolvableType.forMethodReturnType(create, type);
		if (returned.getType() instanceof Class<?>) {
			return true;
		}
		ResolvableType element = returned.getGeneric();
		// Each caller may have another class in the place of a variable
		boolean open = element.getType() instanceof TypeVariable<?> && returned.hasUnresolvableGenerics();
		return !open && element.toClass().isAssignableFrom(TracedConnection.class);
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		Object result = invocation.proceed();
		return (result instanceof Publisher<?> connections && canReplace(invocation.getMethod())) ? trace(connections)
				: result;
	}

	private boolean canReplace(Method create) {
		return this.replaceable.computeIfAbsent(create, (method) -> canReplace(method, this.type));
	}

	private Publisher<Object> trace(Publisher<?> connections) {
		return TracedPublishers.watch(connections, (subscriber) -> {
			StatementTracer tracer = this.tracer.get();
			Acquisition acquisition = new Acquisition(tracer, subscriber);
			return new TracedPublishers.Watch<>((connection) -> traced(connection, tracer), acquisition,
					(context) -> context.put(Acquisition.class, acquisition));
		});
	}

	private Object traced(Object created, StatementTracer tracer) {
		return (created instanceof Connection connection && !isTraced(connection))
				? new TracedConnection(connection, tracer, this.database.of(connection)) : created;
	}

	/**
	 * A pool or a router may have taken the connection from a traced factory.
	 */
	private static boolean isTraced(Connection connection) {
		if (connection instanceof TracedConnection) {
			return true;
		}
		try {
			return connection instanceof Wrapped<?> wrapped && wrapped.unwrap(TracedConnection.class) != null;
		}
		catch (RuntimeException ex) {
			logger.debug("Could not unwrap a connection", ex);
			return false;
		}
	}

	/**
	 * The wait for a connection. A router or a pool asks another factory in turn, whose
	 * wait is part of this one.
	 */
	private static final class Acquisition extends DefaultSignalListener<Object> {

		private final StatementTracer tracer;

		private final ContextView subscriber;

		private final @Nullable Acquisition outer;

		private final long start = System.nanoTime();

		private volatile boolean failureTold;

		Acquisition(StatementTracer tracer, ContextView subscriber) {
			this.tracer = tracer;
			this.subscriber = subscriber;
			this.outer = subscriber.getOrDefault(Acquisition.class, null);
		}

		@Override
		public void doOnNext(Object connection) {
			if (this.outer == null) {
				acquired(null);
			}
		}

		@Override
		public void doOnError(Throwable error) {
			if (!this.failureTold) {
				acquired(error);
			}
			if (this.outer != null) {
				this.outer.failureTold = true;
			}
		}

		private void acquired(@Nullable Throwable failure) {
			this.tracer.acquired(this.subscriber, System.nanoTime() - this.start, failure);
		}

	}

}
