package io.hindspan.r2dbc;

import io.r2dbc.h2.H2ConnectionConfiguration;
import io.r2dbc.h2.H2ConnectionFactory;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.proxy.observation.QueryContext;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Wrapped;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.r2dbc.autoconfigure.R2dbcAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Mono;

import io.hindspan.span.SpanTracingAutoConfiguration;
import io.hindspan.sql.DatabaseSystem;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link R2dbcTracingAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class R2dbcTracingAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ObservationAutoConfiguration.class,
				OpenTelemetrySdkAutoConfiguration.class, OpenTelemetryTracingAutoConfiguration.class,
				MicrometerTracingAutoConfiguration.class, SpanTracingAutoConfiguration.class,
				R2dbcTracingAutoConfiguration.class, R2dbcAutoConfiguration.class))
		.withPropertyValues("hindspan.test.technologies=r2dbc", "spring.r2dbc.url=r2dbc:h2:mem:///factory");

	@Test
	void tracesSpringBootsFactory() {
		this.runner.withPropertyValues("spring.r2dbc.pool.enabled=false").run((context) -> {
			Connection connection = connection(context.getBean(ConnectionFactory.class));
			assertThat(connection).isInstanceOf(TracedConnection.class);
			assertThat(((TracedConnection) connection).database())
				.isEqualTo(new Database(DatabaseSystem.H2, "factory", null, null));
		});
	}

	@Test
	void tracesPoolThatStaysOne() {
		this.runner.run((context) -> {
			ConnectionPool pool = context.getBean(ConnectionPool.class);
			assertThat(pool.getMetrics()).isPresent();
			assertThat(connection(pool)).isInstanceOf(TracedConnection.class);
			assertThat(pool.getMetrics().orElseThrow().acquiredSize()).isOne();
		});
	}

	@Test
	void tracesFactoriesMadeByHandOnce() {
		this.runner.withUserConfiguration(HandMade.class).run((context) -> {
			Connection connection = connection(context.getBean("pool", ConnectionFactory.class));
			assertThat(((Wrapped<?>) connection).unwrap(TracedConnection.class)).isNotNull();
			assertThat(connection).isNotInstanceOf(TracedConnection.class);
			assertThat(connection(context.getBean("declared", ConnectionFactory.class)))
				.isInstanceOf(TracedConnection.class);
		});
	}

	@Test
	void namesFactoryThatCanOnlyBeWhatItIs(CapturedOutput output) {
		this.runner.withUserConfiguration(Final.class).run((context) -> {
			assertThat(AopUtils.isAopProxy(context.getBean(H2ConnectionFactory.class))).isFalse();
			assertThat(output).contains("ConnectionFactory bean 'own' are not traced");
		});
	}

	@Test
	void isOffByItsProperty() {
		this.runner.withPropertyValues("hindspan.r2dbc.enabled=false").run((context) -> {
			assertThat(context).doesNotHaveBean(StatementTracer.class).doesNotHaveBean(ProxiedQueryConvention.class);
			assertThat(connection(context.getBean(ConnectionFactory.class))).isNotInstanceOf(TracedConnection.class);
		});
	}

	@Test
	void isAbsentWithoutTheLibrary() {
		this.runner.withClassLoader(new FilteredClassLoader(ConnectionFactory.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(StatementTracer.class));
	}

	@Test
	void proxyLibraryIsNotNeeded() {
		this.runner.withClassLoader(new FilteredClassLoader(QueryContext.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(StatementTracer.class)
				.doesNotHaveBean(ProxiedQueryConvention.class));
	}

	@Test
	void wrongThresholdIsNamed() {
		this.runner.withPropertyValues("hindspan.r2dbc.acquire-threshold=-1ms")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("hindspan.r2dbc.acquire-threshold"));
	}

	@ParameterizedTest
	@CsvSource({ "r2dbc:postgresql://db.example/tasks,POSTGRESQL,tasks,db.example,5432",
			"r2dbc:pool:postgres://db.example:5433/tasks,POSTGRESQL,tasks,db.example,5433",
			"'r2dbc:postgresql:failover://a:1,b:2/tasks',POSTGRESQL,tasks,,",
			"r2dbc:mssql://db.example/tasks,SQL_SERVER,tasks,db.example,1433",
			"r2dbc:proxy:pool:h2:file:///var/data/tasks,H2,tasks,,",
			"r2dbc:own://db.example/tasks,OTHER,tasks,db.example," })
	void optionsTellTheDatabase(String url, DatabaseSystem system, String namespace, String address, Long port) {
		assertThat(Database.of(ConnectionFactoryOptions.parse(url), "none"))
			.isEqualTo(new Database(system, namespace, address, port));
	}

	@ParameterizedTest
	@CsvSource({ "PostgreSQL,POSTGRESQL", "H2,H2", "Microsoft SQL Server,SQL_SERVER",
			"Microsoft SQL Server Developer Edition (64-bit),SQL_SERVER", "Oracle Database 23ai Free,ORACLE",
			"Own Database,OTHER", "'',OTHER" })
	void nameTellsTheProduct(String name, DatabaseSystem system) {
		assertThat(Database.ofProduct(name)).isEqualTo(new Database(system, null, null, null));
	}

	private static Connection connection(ConnectionFactory factory) {
		return Mono.from(factory.create()).block();
	}

	@Configuration(proxyBeanMethods = false)
	static class HandMade {

		@Bean
		ConnectionFactory declared() {
			return ConnectionFactories.get("r2dbc:h2:mem:///declared");
		}

		@Bean
		ConnectionPool pool(ConnectionFactory declared) {
			return new ConnectionPool(ConnectionPoolConfiguration.builder(declared).build());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Final {

		@Bean
		H2ConnectionFactory own() {
			return new H2ConnectionFactory(H2ConnectionConfiguration.builder().inMemory("own").build());
		}

	}

}
