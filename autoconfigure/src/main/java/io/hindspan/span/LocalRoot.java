package io.hindspan.span;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import org.jspecify.annotations.Nullable;

/**
 * What the spans of one service in one trace share: made with the first of them and
 * carried in OpenTelemetry's context. Thread-safe.
 */
public final class LocalRoot {

	private static final ContextKey<LocalRoot> KEY = ContextKey.named("hindspan-local-root");

	private static final int REMEMBERED_EXCEPTIONS = 4;

	private static final int CAUSES_LOOKED_AT = 16;

	private final InstrumentationTracers tracers;

	private volatile @Nullable EntryPoint entryPoint;

	private Throwable @Nullable [] recorded;

	private int recordedCount;

	LocalRoot(InstrumentationTracers tracers) {
		this.tracers = tracers;
	}

	static @Nullable LocalRoot from(Context context) {
		return context.get(KEY);
	}

	/**
	 * The local root of the current context.
	 * @return the local root, or {@code null} where nothing is traced
	 */
	public static @Nullable LocalRoot current() {
		return from(Context.current());
	}

	Context storeIn(Context context) {
		return context.with(KEY, this);
	}

	/**
	 * The tracers of the application that made this local root.
	 * @return the tracers
	 */
	public InstrumentationTracers tracers() {
		return this.tracers;
	}

	/**
	 * Where the request entered the service.
	 * @return the entry point, or {@code null} if it is no request or not known yet
	 */
	public @Nullable EntryPoint entryPoint() {
		return this.entryPoint;
	}

	/**
	 * Tells where the request entered the service.
	 * @param entryPoint the entry point
	 */
	public void enteredAt(EntryPoint entryPoint) {
		this.entryPoint = entryPoint;
	}

	/**
	 * Whether this exception, on its way up through the spans, is met for the first time.
	 * An exception that wraps one already met is not new.
	 */
	synchronized boolean isFirstMeetingWith(Throwable exception) {
		Throwable[] known = this.recorded;
		if (known == null) {
			known = new Throwable[REMEMBERED_EXCEPTIONS];
			this.recorded = known;
		}
		else {
			Throwable cause = exception;
			for (int depth = 0; cause != null && depth < CAUSES_LOOKED_AT; depth++) {
				for (Throwable candidate : known) {
					if (candidate == cause) {
						return false;
					}
				}
				cause = cause.getCause();
			}
		}
		known[this.recordedCount++ % REMEMBERED_EXCEPTIONS] = exception;
		return true;
	}

}
