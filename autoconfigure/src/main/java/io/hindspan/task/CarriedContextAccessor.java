package io.hindspan.task;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/**
 * Lets Micrometer's snapshots carry OpenTelemetry's context, and with it the spans and
 * baggage that no observation stands for: through Reactor and through everything else
 * that takes snapshots. Comes after the accessor of the observation, whose scope makes
 * the observation's own context current. Thread-safe.
 */
final class CarriedContextAccessor implements ThreadLocalAccessor<CarriedContext> {

	static final String KEY = "hindspan.context";

	/** The scopes that are open on each thread, the last one first. */
	private final ThreadLocal<@Nullable Opened> opened = new ThreadLocal<>();

	/**
	 * Registers the accessor, once for all applications of a JVM. It holds nothing of any
	 * of them, and is never taken away: a scope that is open just then would stay open.
	 */
	static void registerWith(ContextRegistry registry) {
		synchronized (CarriedContextAccessor.class) {
			for (ThreadLocalAccessor<?> accessor : registry.getThreadLocalAccessors()) {
				if (accessor.key().equals(KEY)) {
					return;
				}
			}
			registry.registerThreadLocalAccessor(new CarriedContextAccessor());
		}
	}

	@Override
	public Object key() {
		return KEY;
	}

	@Override
	public @Nullable CarriedContext getValue() {
		return CarriedContext.current();
	}

	@Override
	public void setValue(CarriedContext value) {
		this.opened.set(new Opened(value.makeContextCurrent(), this.opened.get()));
	}

	/**
	 * Nothing to carry: an observation that was set before keeps its context.
	 */
	@Override
	public void setValue() {
		setValue(CarriedContext.NOTHING);
	}

	@Override
	public void restore(CarriedContext previousValue) {
		restore();
	}

	@Override
	public void restore() {
		Opened last = this.opened.get();
		if (last == null) {
			return;
		}
		if (last.previous() == null) {
			this.opened.remove();
		}
		else {
			this.opened.set(last.previous());
		}
		last.scope().close();
	}

	private record Opened(Scope scope, @Nullable Opened previous) {

	}

}
