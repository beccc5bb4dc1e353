package io.hindspan.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Wrapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.StaticListableBeanFactory;

import io.hindspan.span.InstrumentationTracers;
import io.hindspan.sql.DatabaseSystem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for the wrappers: each hands every call on, with the same arguments, and returns
 * or throws what it gets.
 */
class DelegatesTests {

	private static final Set<String> WRAPPER = Set.of("unwrap", "isWrapperFor");

	private final StatementTracer tracer = new StatementTracer(
			new StaticListableBeanFactory().getBeanProvider(InstrumentationTracers.class),
			new StaticListableBeanFactory().getBeanProvider(PoolMetadata.class),
			new JdbcTracingProperties(true, true, Duration.ZERO, SqlComment.STATIC), "tasks");

	private final TracedConnection connection = new TracedConnection(new Recorder().proxy(Connection.class),
			this.tracer);

	@Test
	void connectionHandsEveryCallOn() throws Exception {
		Recorder recorder = new Recorder();
		assertHandsOn(Connection.class, new TracedConnection(recorder.proxy(Connection.class), this.tracer), recorder);
	}

	@Test
	void statementHandsEveryCallOn() throws Exception {
		Recorder recorder = new Recorder();
		assertHandsOn(Statement.class, new TracedStatement<>(recorder.proxy(Statement.class), this.connection),
				recorder);
	}

	@Test
	void preparedStatementHandsEveryCallOn() throws Exception {
		Recorder recorder = new Recorder();
		assertHandsOn(PreparedStatement.class,
				new TracedPreparedStatement<>(recorder.proxy(PreparedStatement.class), this.connection, "select 1"),
				recorder);
	}

	@Test
	void callableStatementHandsEveryCallOn() throws Exception {
		Recorder recorder = new Recorder();
		assertHandsOn(CallableStatement.class,
				new TracedCallableStatement(recorder.proxy(CallableStatement.class), this.connection, "{call a()}"),
				recorder);
	}

	@Test
	void resultSetHandsEveryCallOn() {
		TracedRunner.runner().run((context) -> {
			StatementSpan span = new StatementSpan(context.getBean(InstrumentationTracers.class).get("test"),
					Span.getInvalid(), Context.root(), DatabaseSystem.H2);
			Recorder recorder = new Recorder();
			Statement statement = new Recorder().proxy(Statement.class);
			assertHandsOn(ResultSet.class, new TracedResultSet(recorder.proxy(ResultSet.class), statement, span),
					recorder);
		});
	}

	@Test
	void wrapperIsTransparent() throws SQLException {
		Recorder recorder = new Recorder();
		Connection delegate = recorder.proxy(Connection.class);
		TracedConnection traced = new TracedConnection(delegate, this.tracer);
		assertThat(traced.unwrap(Connection.class)).isSameAs(delegate);
		assertThat(traced.unwrap(TracedConnection.class)).isSameAs(traced);
		assertThat(traced.isWrapperFor(Wrapper.class)).isTrue();
		assertThat(traced.isWrapperFor(String.class)).isFalse();
		assertThat(recorder.calls).contains("isWrapperFor[class java.lang.String]");
	}

	private static <T> void assertHandsOn(Class<T> type, T traced, Recorder recorder) throws Exception {
		for (Method method : type.getMethods()) {
			if (Modifier.isStatic(method.getModifiers()) || WRAPPER.contains(method.getName())) {
				continue;
			}
			Object[] arguments = arguments(method);
			recorder.failure = null;
			recorder.calls.clear();
			method.invoke(traced, arguments);
			String call = call(method, arguments);
			assertThat(recorder.calls).as("%s", method).contains(call);
			if (method.getExceptionTypes().length > 0) {
				assertHandsFailureOn(traced, recorder, method, arguments);
			}
		}
	}

	private static void assertHandsFailureOn(Object traced, Recorder recorder, Method method, Object[] arguments) {
		SQLException failure = new java.sql.SQLClientInfoException();
		recorder.failure = failure;
		assertThatThrownBy(() -> method.invoke(traced, arguments)).as("%s", method)
			.isInstanceOf(InvocationTargetException.class)
			.cause()
			.isSameAs(failure);
	}

	private static Object[] arguments(Method method) {
		Class<?>[] types = method.getParameterTypes();
		Object[] arguments = new Object[types.length];
		for (int i = 0; i < types.length; i++) {
			arguments[i] = value(types[i], i + 1);
		}
		return arguments;
	}

	private static Object value(Class<?> type, int number) {
		if (type == int.class) {
			return number;
		}
		if (type == long.class) {
			return (long) number;
		}
		if (type == short.class) {
			return (short) number;
		}
		if (type == byte.class) {
			return (byte) number;
		}
		if (type == float.class) {
			return (float) number;
		}
		if (type == double.class) {
			return (double) number;
		}
		if (type == boolean.class) {
			return number % 2 == 0;
		}
		return (type == String.class) ? "select " + number : null;
	}

	private static String call(Method method, Object[] arguments) {
		return method.getName() + List.of(method.getParameterTypes()) + java.util.Arrays.toString(arguments);
	}

	/** A delegate that notes each call and returns nothing or throws. */
	private static final class Recorder {

		private final List<String> calls = new ArrayList<>();

		private Throwable failure;

		private <T> T proxy(Class<T> type) {
			return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type },
					(proxy, method, arguments) -> answer(method, (arguments != null) ? arguments : new Object[0])));
		}

		private Object answer(Method method, Object[] arguments) throws Throwable {
			if (method.getName().equals("isWrapperFor") || method.getName().equals("unwrap")) {
				this.calls.add(method.getName() + java.util.Arrays.toString(arguments));
				return method.getName().equals("isWrapperFor") ? false : null;
			}
			this.calls.add(call(method, arguments));
			if (this.failure != null) {
				throw this.failure;
			}
			Class<?> type = method.getReturnType();
			if (type == int[].class) {
				return new int[0];
			}
			if (type == long[].class) {
				return new long[0];
			}
			return type.isPrimitive() && type != void.class ? value(type, 1) : null;
		}

	}

}
