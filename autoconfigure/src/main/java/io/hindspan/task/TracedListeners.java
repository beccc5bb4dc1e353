package io.hindspan.task;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

import io.micrometer.observation.annotation.Observed;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.event.ApplicationEventMulticaster;
import org.springframework.context.event.ApplicationListenerMethodAdapter;
import org.springframework.context.event.EventListenerFactory;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.task.SyncTaskExecutor;
import org.springframework.scheduling.annotation.Async;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalApplicationListenerMethodAdapter;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.function.SingletonSupplier;

import io.hindspan.span.CodeFunction;
import io.hindspan.span.SemanticKey;
import io.hindspan.span.SpanAttributes;

/**
 * Gives spans to methods with {@code @EventListener} and
 * {@code @TransactionalEventListener}. Comes before all other factories, asks the one
 * whose turn it is, and puts a listener that makes spans in the place of Spring's own.
 * What any other factory makes is left as it is, and so are methods with {@code @Async}
 * or {@code @Observed}, whose spans are made where they run.
 */
final class TracedListeners implements EventListenerFactory, Ordered {

	static final String EXECUTOR_FIELD = "taskExecutor";

	private static final String TRANSACTIONAL = "org.springframework.transaction.event.TransactionalApplicationListenerMethodAdapter";

	private static final SemanticKey<String> EVENT_TYPE = SemanticKey.text("spring.event.type");

	private static final SemanticKey<String> TRANSACTION_PHASE = SemanticKey.text("spring.event.transaction_phase");

	private final EventSpans which;

	private final TaskSpans spans;

	private final ObjectProvider<EventListenerFactory> factories;

	private final Supplier<Boolean> onOtherThreads;

	TracedListeners(EventSpans which, TaskSpans spans, ObjectProvider<EventListenerFactory> factories,
			ObjectProvider<ApplicationEventMulticaster> multicaster) {
		this.which = which;
		this.spans = spans;
		this.factories = factories;
		this.onOtherThreads = SingletonSupplier.of(() -> hasExecutor(multicaster.getIfUnique()));
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public boolean supportsMethod(Method method) {
		return this.which != EventSpans.NONE && factoryFor(method) != null;
	}

	private @Nullable EventListenerFactory factoryFor(Method method) {
		return this.factories.orderedStream()
			.filter((factory) -> factory != this && factory.supportsMethod(method))
			.findFirst()
			.orElse(null);
	}

	@Override
	public ApplicationListener<?> createApplicationListener(String beanName, Class<?> type, Method method) {
		EventListenerFactory factory = factoryFor(method);
		if (factory == null) {
			throw new IllegalStateException("No EventListenerFactory for " + method);
		}
		ApplicationListener<?> listener = factory.createApplicationListener(beanName, type, method);
		if (hasSpansOfItsOwn(method, type)) {
			return listener;
		}
		if (listener.getClass() == ApplicationListenerMethodAdapter.class) {
			return new TracedListener(beanName, type, method, this);
		}
		// By name, since transactions need not be on the class path
		return listener.getClass().getName().equals(TRANSACTIONAL)
				? new TracedTransactionalListener(beanName, type, method, this) : listener;
	}

	private static boolean hasSpansOfItsOwn(Method method, Class<?> type) {
		return AnnotatedElementUtils.hasAnnotation(method, Async.class)
				|| AnnotatedElementUtils.hasAnnotation(type, Async.class)
				|| AnnotatedElementUtils.hasAnnotation(method, Observed.class)
				|| AnnotatedElementUtils.hasAnnotation(type, Observed.class);
	}

	private static boolean hasExecutor(@Nullable ApplicationEventMulticaster multicaster) {
		Executor executor = (multicaster instanceof SimpleApplicationEventMulticaster simple) ? executorOf(simple)
				: null;
		return executor != null && !(executor instanceof SyncTaskExecutor);
	}

	/**
	 * Reads the field, since the getter is for subclasses.
	 */
	static @Nullable Executor executorOf(SimpleApplicationEventMulticaster multicaster) {
		Field field = ReflectionUtils.findField(SimpleApplicationEventMulticaster.class, EXECUTOR_FIELD,
				Executor.class);
		if (field == null) {
			return null;
		}
		ReflectionUtils.makeAccessible(field);
		return (Executor) ReflectionUtils.getField(field, multicaster);
	}

	private @Nullable Object run(CodeFunction function, @Nullable String phase, @Nullable Object[] args,
			TaskSpans.Work<RuntimeException> work) {
		return this.spans.run(function.shortName(), Context.current(), (attributes) -> {
			function.writeTo(attributes);
			describe(attributes, args);
			attributes.put(TRANSACTION_PHASE, phase);
		}, work);
	}

	private static void describe(SpanAttributes attributes, @Nullable Object[] args) {
		Object event = (args.length > 0) ? args[0] : null;
		Object told = (event instanceof PayloadApplicationEvent<?> payload) ? payload.getPayload() : event;
		if (told != null) {
			attributes.put(EVENT_TYPE, told.getClass().getName());
		}
	}

	private static CodeFunction function(Class<?> type, Method method) {
		return new CodeFunction.Cache().get(ClassUtils.getUserClass(type), method.getName());
	}

	private static final class TracedListener extends ApplicationListenerMethodAdapter {

		private final CodeFunction function;

		private final TracedListeners tracing;

		TracedListener(String beanName, Class<?> type, Method method, TracedListeners tracing) {
			super(beanName, type, method);
			this.function = function(type, method);
			this.tracing = tracing;
		}

		@Override
		protected @Nullable Object doInvoke(@Nullable Object... args) {
			if (this.tracing.which == EventSpans.ALL || this.tracing.onOtherThreads.get()) {
				return this.tracing.run(this.function, null, args, () -> super.doInvoke(args));
			}
			return super.doInvoke(args);
		}

	}

	private static final class TracedTransactionalListener extends TransactionalApplicationListenerMethodAdapter {

		private final CodeFunction function;

		private final TracedListeners tracing;

		TracedTransactionalListener(String beanName, Class<?> type, Method method, TracedListeners tracing) {
			super(beanName, type, method);
			this.function = function(type, method);
			this.tracing = tracing;
		}

		@Override
		protected @Nullable Object doInvoke(@Nullable Object... args) {
			TransactionPhase phase = getTransactionPhase();
			if (phase == TransactionPhase.BEFORE_COMMIT && this.tracing.which != EventSpans.ALL) {
				return super.doInvoke(args);
			}
			return this.tracing.run(this.function, phase.name(), args, () -> super.doInvoke(args));
		}

	}

}
