package io.hindspan.explorer;

import java.time.Clock;
import java.util.List;
import java.util.function.UnaryOperator;

import ch.qos.logback.classic.LoggerContext;
import io.micrometer.core.instrument.config.MeterFilter;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.WebServer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

import io.hindspan.core.Bounded;
import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.core.DeploymentEnvironment;
import io.hindspan.guard.GuardAutoConfiguration;
import io.hindspan.guard.SpanGuard;
import io.hindspan.span.UntracedRequests;
import io.hindspan.store.SpanRecords;
import io.hindspan.store.StoreAutoConfiguration;
import io.hindspan.store.TraceStore;

/**
 * Shows recent traces in the application itself: in development to whoever is on the same
 * machine, elsewhere only where the application asks for it.
 */
@AutoConfiguration(after = { GuardAutoConfiguration.class, StoreAutoConfiguration.class })
@ConditionalOnWebApplication
@ConditionalOnClass({ SpanData.class, WebServer.class })
@ConditionalOnHindspan(value = "explorer", onByDefaultIn = DeploymentEnvironment.DEVELOPMENT)
@ConditionalOnBean(TraceStore.class)
@EnableConfigurationProperties(ExplorerProperties.class)
@ImportRuntimeHints(ExplorerRuntimeHints.class)
public final class ExplorerAutoConfiguration {

	@Bean
	Explorer explorer(ExplorerProperties properties, TraceStore store, ObjectProvider<CapturedLogs> logs, Intake intake,
			ObjectProvider<Bounded> bounded, ObjectProvider<Resource> resource, Environment environment) {
		return new Explorer(new Gate(properties.access()), store, logs.getIfAvailable(),
				properties.intake() ? intake : null, bounded::orderedStream,
				identity(resource.getIfAvailable(Resource::empty), environment), Clock.systemUTC());
	}

	private static Explorer.Identity identity(Resource resource, Environment environment) {
		String service = text(resource, "service.name");
		String kind = text(resource, "deployment.environment.name");
		String version = text(resource, "service.version");
		return new Explorer.Identity(
				(service != null) ? service : environment.getProperty("spring.application.name", "application"),
				(kind != null) ? kind : DeploymentEnvironment.of(environment).attributeValue(),
				(version != null) ? version : environment.getProperty("spring.application.version"));
	}

	private static @Nullable String text(Resource resource, String key) {
		return resource.getAttribute(AttributeKey.stringKey(key));
	}

	@Bean
	Intake explorerIntake(TraceStore store, ObjectProvider<SpanGuard> guard) {
		SpanGuard spanGuard = guard.getIfAvailable();
		UnaryOperator<List<SpanData>> guarding = (spanGuard != null) ? spanGuard::guard : (spans) -> spans;
		SpanRecords records = new SpanRecords();
		return new Intake(guarding, (spans) -> store.add(records.of(spans)), Intake.Limits.DEFAULT, System::nanoTime);
	}

	@Bean
	SecurityNotice explorerSecurityNotice(ListableBeanFactory beans, ExplorerProperties properties,
			Environment environment) {
		return new SecurityNotice(beans, properties, DeploymentEnvironment.of(environment));
	}

	/**
	 * What is logged, where Logback does it.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(LoggerContext.class)
	@Conditional(OnLogsCondition.class)
	static class Logs {

		@Bean
		CapturedLogs explorerLogs(ExplorerProperties properties, ObjectProvider<SpanGuard> guard) {
			SpanGuard spanGuard = guard.getIfAvailable();
			UnaryOperator<String> guarding = (spanGuard != null) ? spanGuard::guard : UnaryOperator.identity();
			return new CapturedLogs(properties.logMemory().toBytes(), guarding, Clock.systemUTC());
		}

		@Bean
		Bounded explorerLogBounds(CapturedLogs logs) {
			return () -> List.of(logs.bound());
		}

		@Bean
		@Lazy(false)
		LogCapture explorerLogCapture(CapturedLogs logs, ObjectProvider<UntracedRequests> untraced) {
			return new LogCapture(logs, untraced.getIfAvailable(UntracedRequests::none));
		}

	}

	/**
	 * Meters, where the application has any.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterFilter.class)
	static class Meters {

		@Bean
		UnmeasuredRequests unmeasuredExplorerRequests(ExplorerProperties properties, Environment environment) {
			return new UnmeasuredRequests(environment.getProperty("management.observations.http.server.requests.name",
					"http.server.requests"), properties.path());
		}

	}

}
