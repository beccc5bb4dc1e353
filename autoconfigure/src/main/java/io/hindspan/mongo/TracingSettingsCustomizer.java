package io.hindspan.mongo;

import java.util.concurrent.atomic.AtomicInteger;

import com.mongodb.ContextProvider;
import com.mongodb.MongoClientSettings;
import com.mongodb.observability.micrometer.MicrometerObservabilitySettings;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.mongodb.autoconfigure.MongoClientSettingsBuilderCustomizer;
import org.springframework.core.Ordered;

/**
 * Traces the clients that Spring Boot builds, whoever has made their settings. Settings
 * with an observability of the application's own are left as they are.
 */
final class TracingSettingsCustomizer implements MongoClientSettingsBuilderCustomizer, Ordered {

	private final AtomicInteger clients = new AtomicInteger();

	private final CommandTracer tracer;

	private final @Nullable ContextProvider contexts;

	TracingSettingsCustomizer(CommandTracer tracer, @Nullable ContextProvider contexts) {
		this.tracer = tracer;
		this.contexts = contexts;
	}

	/**
	 * After the application's own, whose settings go first.
	 */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void customize(MongoClientSettings.Builder builder) {
		this.clients.incrementAndGet();
		MongoClientSettings settings = builder.build();
		if (settings.getObservabilitySettings() != null || settings.getCommandListeners().contains(this.tracer)) {
			return;
		}
		builder.addCommandListener(this.tracer);
		if (this.contexts != null && settings.getContextProvider() == null) {
			builder.contextProvider(this.contexts);
		}
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler(new OperationHandler(this.tracer));
		builder.observabilitySettings(MicrometerObservabilitySettings.builder().observationRegistry(registry).build());
	}

	/**
	 * How many clients were built with these settings.
	 */
	int clients() {
		return this.clients.get();
	}

}
