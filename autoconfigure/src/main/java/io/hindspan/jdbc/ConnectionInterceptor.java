package io.hindspan.jdbc;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Supplier;

import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.Advisor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.beans.BeansException;
import org.springframework.jdbc.datasource.ConnectionProxy;
import org.springframework.util.function.SingletonSupplier;

/**
 * Hands out traced connections instead of those of a {@code DataSource}, and hands the
 * {@code DataSource} its own connections back. All its other methods are left alone.
 */
final class ConnectionInterceptor implements MethodInterceptor {

	private final ThreadLocal<@Nullable Acquisition> current = new ThreadLocal<>();

	private final Supplier<StatementTracer> tracer;

	ConnectionInterceptor(Supplier<StatementTracer> tracer) {
		this.tracer = SingletonSupplier.of(tracer);
	}

	/**
	 * The interceptor with the methods that it is for.
	 */
	Advisor advisor() {
		return new DefaultPointcutAdvisor(new ConnectionMethods(), this);
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		if (invocation.getMethod().getDeclaringClass() == TracedDataSource.class) {
			return invocation.getThis();
		}
		@Nullable Object[] arguments = invocation.getArguments();
		for (int i = 0; i < arguments.length; i++) {
			if (arguments[i] instanceof TracedConnection connection) {
				arguments[i] = connection.delegate();
			}
		}
		if (!invocation.getMethod().getName().equals("getConnection")) {
			Object result = invocation.proceed();
			return (result instanceof Connection connection) ? traced(connection) : result;
		}
		Acquisition outer = this.current.get();
		Acquisition acquisition = new Acquisition(invocation.getThis(), outer);
		this.current.set(acquisition);
		Object result;
		try {
			result = invocation.proceed();
		}
		catch (Throwable ex) {
			acquired(acquisition, ex);
			throw ex;
		}
		finally {
			restore(outer);
		}
		acquired(acquisition, null);
		return (result instanceof Connection connection) ? traced(connection) : result;
	}

	private void restore(@Nullable Acquisition outer) {
		if (outer != null) {
			this.current.set(outer);
		}
		else {
			this.current.remove();
		}
	}

	private void acquired(Acquisition acquisition, @Nullable Throwable failure) {
		if (!acquisition.isToBeTold(failure)) {
			return;
		}
		try {
			this.tracer.get().acquired(acquisition, failure);
		}
		catch (BeansException | IllegalStateException ex) {
			// An application that is shutting down makes no more beans
		}
	}

	private Connection traced(Connection connection) {
		if (isTraced(connection)) {
			return connection;
		}
		try {
			return new TracedConnection(connection, this.tracer.get());
		}
		catch (BeansException | IllegalStateException ex) {
			// An application that is shutting down makes no more beans
			return connection;
		}
	}

	/**
	 * A pool or a router may have taken the connection from a traced {@code DataSource}.
	 */
	private boolean isTraced(Connection connection) {
		if (connection instanceof TracedConnection) {
			return true;
		}
		if (connection instanceof ConnectionProxy) {
			// Asking could open the connection that it stands for; its statements tell
			return false;
		}
		try {
			return connection.isWrapperFor(TracedConnection.class);
		}
		catch (SQLException | RuntimeException | LinkageError ex) {
			return false;
		}
	}

	/**
	 * Methods that return a connection or take one.
	 */
	private static final class ConnectionMethods extends StaticMethodMatcherPointcut {

		@Override
		public boolean matches(Method method, Class<?> targetClass) {
			if (method.getReturnType() == Connection.class || method.getDeclaringClass() == TracedDataSource.class) {
				return true;
			}
			for (Class<?> type : method.getParameterTypes()) {
				if (type == Connection.class) {
					return true;
				}
			}
			return false;
		}

	}

}
