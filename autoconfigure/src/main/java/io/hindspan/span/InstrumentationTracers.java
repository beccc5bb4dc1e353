package io.hindspan.span;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiConsumer;
import java.util.function.Function;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import org.jspecify.annotations.Nullable;

/**
 * The tracers of the technologies, one for each instrumentation scope. Thread-safe.
 */
public final class InstrumentationTracers {

	/** The scope of spans that application code makes. */
	public static final String APPLICATION_SCOPE = "io.hindspan";

	private static final String VERSION = Objects
		.requireNonNullElse(InstrumentationTracers.class.getPackage().getImplementationVersion(), "development");

	private final ConcurrentMap<String, InstrumentationTracer> tracers = new ConcurrentHashMap<>();

	private final OpenTelemetry openTelemetry;

	private final SpanRules rules;

	InstrumentationTracers(OpenTelemetry openTelemetry, SpanRules rules) {
		this.openTelemetry = openTelemetry;
		this.rules = rules;
	}

	/**
	 * The tracer of a scope.
	 * @param instrumentationScope the scope's name, such as {@code io.hindspan.jdbc}
	 * @return the tracer, always the same for the same name
	 */
	public InstrumentationTracer get(String instrumentationScope) {
		return this.tracers.computeIfAbsent(instrumentationScope,
				(name) -> new InstrumentationTracer(name, otelTracer(name), this.rules));
	}

	/**
	 * The context in which the work of a span runs.
	 * @param parent the context that the span was started in
	 * @param span the span
	 * @return the parent's context with the span and its local root
	 */
	public Context contextOf(Context parent, Span span) {
		Context context = parent.with(span);
		LocalRoot root = LocalRoot.from(parent);
		SpanContext above = Span.fromContext(parent).getSpanContext();
		if (root != null && root.tracers() == this && above.isValid() && !above.isRemote()) {
			return context;
		}
		return new LocalRoot(this).storeIn(context);
	}

	/**
	 * Writes the headers of a context.
	 * @param context the context
	 * @param carrier what takes each header's name and value
	 */
	public void inject(Context context, BiConsumer<String, String> carrier) {
		this.openTelemetry.getPropagators().getTextMapPropagator().inject(context, carrier, (target, name, value) -> {
			if (target != null) {
				target.accept(name, value);
			}
		});
	}

	/**
	 * Reads the headers of a context.
	 * @param context the context to extend
	 * @param carrier what gives the value of a header, or {@code null}
	 * @return the context with what the headers tell, the same one if they tell nothing
	 */
	public Context extract(Context context, Function<String, @Nullable String> carrier) {
		return this.openTelemetry.getPropagators()
			.getTextMapPropagator()
			.extract(context, carrier, FunctionGetter.GETTER);
	}

	/**
	 * Reads the headers of somebody who is not believed.
	 * @param context the context to extend
	 * @return the context as it is where there are no headers
	 */
	public Context extractNothing(Context context) {
		return UntrustedSender.nothingOf(this.openTelemetry.getPropagators().getTextMapPropagator(), context);
	}

	/**
	 * The span of somebody who is not believed, for a link.
	 * @param carrier what gives the value of a header, or {@code null}
	 * @return the span's context without anything but ids, invalid if the headers tell of
	 * none
	 */
	public SpanContext untrustedSender(Function<String, @Nullable String> carrier) {
		return UntrustedSender.spanOf(this.openTelemetry.getPropagators().getTextMapPropagator(), carrier,
				FunctionGetter.GETTER);
	}

	Tracer otelTracer(String instrumentationScope) {
		return this.openTelemetry.getTracer(instrumentationScope, VERSION);
	}

	SpanRules rules() {
		return this.rules;
	}

	/**
	 * Reads headers by a function, which cannot list them.
	 */
	private enum FunctionGetter implements TextMapGetter<Function<String, @Nullable String>> {

		GETTER;

		@Override
		public Iterable<String> keys(Function<String, @Nullable String> carrier) {
			return List.of();
		}

		@Override
		public @Nullable String get(@Nullable Function<String, @Nullable String> carrier, String key) {
			return (carrier != null) ? carrier.apply(key) : null;
		}

	}

}
