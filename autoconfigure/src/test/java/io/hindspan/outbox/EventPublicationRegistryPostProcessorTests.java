package io.hindspan.outbox;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.aopalliance.aop.Advice;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.springframework.modulith.events.EventPublication;
import org.springframework.modulith.events.ResubmissionOptions;
import org.springframework.modulith.events.core.EventPublicationRegistry;
import org.springframework.modulith.events.core.PublicationTargetIdentifier;
import org.springframework.modulith.events.core.Staleness;
import org.springframework.modulith.events.core.TargetEventPublication;

import io.hindspan.span.SpanTracingAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EventPublicationRegistryPostProcessor} with registries that are not
 * Spring Modulith's own.
 */
@ExtendWith(OutputCaptureExtension.class)
class EventPublicationRegistryPostProcessorTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ObservationAutoConfiguration.class,
				OpenTelemetrySdkAutoConfiguration.class, OpenTelemetryTracingAutoConfiguration.class,
				MicrometerTracingAutoConfiguration.class, SpanTracingAutoConfiguration.class,
				OutboxTracingAutoConfiguration.class, EventPublicationTracingAutoConfiguration.class))
		.withUserConfiguration(Registries.class);

	@Test
	void registryThatCannotBeSubclassedIsTracedWhereItIsDeclaredByItsInterface(CapturedOutput output) {
		this.runner.run((context) -> {
			EventPublicationRegistry declared = context.getBean("declared", EventPublicationRegistry.class);
			EventPublicationRegistry undeclared = context.getBean("undeclared", EventPublicationRegistry.class);
			assertThat(advices(declared)).hasSize(1);
			assertThat(undeclared).isExactlyInstanceOf(FixedRegistry.class);
			assertThat(List.of(declared, undeclared)).allSatisfy((registry) -> assertThat(store(registry)).hasSize(1));
			assertThat(output).containsOnlyOnce("EventPublicationRegistry bean 'undeclared'")
				.doesNotContain("bean 'declared'");
		});
	}

	@Test
	void registryInAScopeIsTracedOnce() {
		this.runner.run((context) -> {
			Object scoped = context.getBean("scoped");
			assertThat(scoped).isInstanceOf(ScopedObject.class);
			assertThat(advices(scoped)).isEmpty();
			assertThat(advices(((ScopedObject) scoped).getTargetObject())).hasSize(1);
		});
	}

	@Test
	void eventIsStoredWhileTheApplicationShutsDown() {
		List<TargetEventPublication> stored = new ArrayList<>();
		this.runner.withBean(Goodbye.class, () -> new Goodbye(stored))
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> context.getBean(Goodbye.class));
		assertThat(stored).hasSize(1);
	}

	@Test
	void eventThatCannotBeReadIsForTheConsumer() {
		this.runner.run((context) -> {
			List<TargetEventPublication> taken = new ArrayList<>();
			context.getBean("declared", EventPublicationRegistry.class)
				.processIncompletePublications((publication) -> true, taken::add, Duration.ZERO);
			assertThat(taken).hasSize(1);
		});
	}

	@Test
	void tableIsLeftAloneWhereItIsNotThatOfTheJdbcStore() {
		this.runner.withBean(JdbcTemplate.class, () -> new JdbcTemplate(new SimpleDriverDataSource()))
			.run((context) -> assertThat(context).hasSingleBean(PublicationInterceptor.class)
				.doesNotHaveBean(TraceColumn.class));
	}

	@Test
	void registryIsTracedWithoutJdbc() {
		this.runner.withClassLoader(new FilteredClassLoader(JdbcTemplate.class)).run((context) -> {
			assertThat(context).hasSingleBean(PublicationInterceptor.class).doesNotHaveBean(TraceColumn.class);
			EventPublicationRegistry registry = context.getBean("declared", EventPublicationRegistry.class);
			assertThat(AopUtils.isAopProxy(registry)).isTrue();
			assertThat(store(registry)).hasSize(1);
		});
	}

	private static Collection<TargetEventPublication> store(EventPublicationRegistry registry) {
		return registry.store("event", Stream.of(PublicationTargetIdentifier.of("listener")));
	}

	private static List<Advice> advices(Object bean) {
		return Stream.of(((Advised) bean).getAdvisors())
			.map(Advisor::getAdvice)
			.filter((advice) -> advice.getClass().getPackage() == PublicationInterceptor.class.getPackage())
			.toList();
	}

	private static final class Goodbye implements BeanFactoryAware, DisposableBean {

		private final List<TargetEventPublication> stored;

		private EventPublicationRegistry registry;

		Goodbye(List<TargetEventPublication> stored) {
			this.stored = stored;
		}

		@Override
		public void setBeanFactory(BeanFactory beanFactory) {
			this.registry = beanFactory.getBean("declared", EventPublicationRegistry.class);
		}

		@Override
		public void destroy() {
			this.stored.addAll(store(this.registry));
		}

	}

	/**
	 * A registry that nothing can be a subclass of.
	 */
	static final class FixedRegistry implements EventPublicationRegistry {

		@Override
		public Collection<TargetEventPublication> store(Object event, Stream<PublicationTargetIdentifier> listeners) {
			return listeners.map((listener) -> TargetEventPublication.of(event, listener)).toList();
		}

		@Override
		public Collection<TargetEventPublication> findIncompletePublications() {
			return List.of();
		}

		@Override
		public Collection<TargetEventPublication> findIncompletePublicationsOlderThan(Duration duration) {
			return List.of();
		}

		@Override
		public void markProcessing(Object event, PublicationTargetIdentifier identifier) {
		}

		@Override
		public void markCompleted(Object event, PublicationTargetIdentifier identifier) {
		}

		@Override
		public void markFailed(Object event, PublicationTargetIdentifier identifier) {
		}

		@Override
		public void deleteCompletedPublicationsOlderThan(Duration duration) {
		}

		@Override
		public void processIncompletePublications(Predicate<EventPublication> filter,
				Consumer<TargetEventPublication> consumer, @Nullable Duration duration) {
			consumer.accept((TargetEventPublication) Proxy.newProxyInstance(getClass().getClassLoader(),
					new Class<?>[] { TargetEventPublication.class }, (publication, method, arguments) -> {
						throw new IllegalStateException("unreadable");
					}));
		}

		@Override
		public void processFailedPublications(ResubmissionOptions options, Consumer<TargetEventPublication> consumer) {
		}

		@Override
		public void markStalePublicationsFailed(Staleness staleness) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Registries {

		@Bean
		EventPublicationRegistry declared() {
			return new FixedRegistry();
		}

		@Bean
		FixedRegistry undeclared() {
			return new FixedRegistry();
		}

		@Bean
		@Scope(scopeName = "prototype", proxyMode = ScopedProxyMode.INTERFACES)
		EventPublicationRegistry scoped() {
			return new FixedRegistry();
		}

	}

}
