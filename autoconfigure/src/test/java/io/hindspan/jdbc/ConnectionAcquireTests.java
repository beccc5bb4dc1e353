package io.hindspan.jdbc;

import java.sql.Connection;
import java.sql.SQLTransientConnectionException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.apache.commons.dbcp2.BasicDataSource;
import org.awaitility.Awaitility;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for waits for a connection.
 */
class ConnectionAcquireTests {

	private final OtlpReceiver receiver = OtlpReceiver.start();

	private ConfigurableApplicationContext context;

	private JdbcTemplate jdbc;

	@AfterEach
	void stop() {
		if (this.context != null) {
			this.context.close();
		}
		this.receiver.close();
	}

	private void start(Class<?> source, String threshold, String... properties) {
		List<String> all = new ArrayList<>(List.of("--spring.autoconfigure.exclude=",
				"--spring.datasource.url=jdbc:h2:mem:acquire", "--spring.datasource.hikari.pool-name=tasks",
				"--spring.datasource.hikari.maximum-pool-size=1", "--spring.datasource.hikari.connection-timeout=10000",
				"--hindspan.jdbc.acquire-threshold=" + threshold));
		all.addAll(List.of(properties));
		this.context = TracedApplication.start(this.receiver, WebApplicationType.NONE, source,
				all.toArray(String[]::new));
		this.jdbc = this.context.getBean(JdbcTemplate.class);
	}

	@Test
	void quickConnectionIsNoSpan() {
		start(Application.class, "1h");
		assertThat(traced(() -> this.jdbc.queryForList("select 1"))).hasSpanCount(2);
	}

	@Test
	void waitForAConnectionThatAnotherThreadHasIsASpan() throws Exception {
		start(Application.class, "0");
		traced(() -> this.jdbc.queryForList("select 1"));
		HikariDataSource pool = (HikariDataSource) ((TracedDataSource) this.context.getBean(DataSource.class))
			.getWrappedObject();
		CountDownLatch held = new CountDownLatch(1);
		Thread holder = new Thread(() -> {
			try (Connection connection = pool.getConnection()) {
				held.countDown();
				Awaitility.await().until(() -> pool.getHikariPoolMXBean().getThreadsAwaitingConnection() == 1);
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		});
		holder.start();
		held.await();
		RecordedTrace trace = traced(() -> this.jdbc.queryForList("select 1"));
		holder.join();
		RecordedSpan wait = trace.span("db.connection.acquire");
		assertThat(wait).isChildOf(trace.span("caller"))
			.hasKind(SpanKind.INTERNAL)
			.hasScope("io.hindspan.jdbc")
			.hasStatus(StatusCode.UNSET)
			.hasAttribute("db.client.connection.pool.name", "tasks")
			.hasAttribute("hindspan.db.pool.active", 1L)
			.hasAttribute("hindspan.db.pool.idle", 0L)
			.hasAttribute("hindspan.db.pool.waiting", 0L)
			.hasAttribute("hindspan.db.pool.max", 1L);
		assertThat(wait.endNanos()).isGreaterThan(wait.startNanos());
	}

	@Test
	void connectionThatCannotBeHadIsAnErrorHoweverLongItTook() throws Exception {
		start(Application.class, "1h");
		HikariDataSource pool = this.context.getBean(HikariDataSource.class);
		pool.setConnectionTimeout(250);
		try (Connection connection = pool.getConnection()) {
			RecordedTrace trace = traced(() -> assertThatExceptionOfType(CannotGetJdbcConnectionException.class)
				.isThrownBy(() -> this.jdbc.queryForList("select 1")));
			assertThat(trace).hasSpanCount(2);
			assertThat(trace.span("db.connection.acquire")).hasStatus(StatusCode.ERROR)
				.hasAttribute("error.type", SQLTransientConnectionException.class.getName())
				.hasAttribute("hindspan.db.pool.active", 1L);
		}
	}

	@Test
	void dataSourceWithoutAPoolHasItToo() {
		start(OwnDataSource.class, "0");
		RecordedTrace trace = traced(() -> this.jdbc.queryForList("select 1"));
		assertThat(trace.span("db.connection.acquire")).hasNoAttribute("db.client.connection.pool.name");
	}

	@Test
	void poolTellsWhatSpringBootKnowsOfIt() {
		start(Application.class, "0", "--spring.datasource.type=" + BasicDataSource.class.getName(),
				"--spring.datasource.dbcp2.max-total=3");
		RecordedTrace trace = traced(() -> this.jdbc.queryForList("select 1"));
		assertThat(trace).span("db.connection.acquire")
			.hasAttribute("hindspan.db.pool.active", 1L)
			.hasAttribute("hindspan.db.pool.idle", 0L)
			.hasAttribute("hindspan.db.pool.max", 3L)
			.hasNoAttribute("db.client.connection.pool.name", "hindspan.db.pool.waiting");
	}

	@Test
	void waitBehindARouterIsOneSpanOfThePool() {
		start(Routing.class, "0");
		RecordedTrace trace = traced(() -> this.jdbc.queryForList("select 1"));
		assertThat(trace.spans("db.connection.acquire")).hasSize(1);
		assertThat(trace).span("db.connection.acquire").hasAttribute("db.client.connection.pool.name", "routed");
	}

	@Test
	void failureBehindARouterIsOneSpan() {
		start(Routing.class, "1h");
		this.context.getBean("pool", HikariDataSource.class).close();
		RecordedTrace trace = traced(() -> assertThatExceptionOfType(CannotGetJdbcConnectionException.class)
			.isThrownBy(() -> this.jdbc.queryForList("select 1")));
		assertThat(trace.spans("db.connection.acquire")).hasSize(1);
		assertThat(trace).span("db.connection.acquire").hasStatus(StatusCode.ERROR);
	}

	@Test
	void waitForAPoolOverAnotherDataSourceIsOneSpan() {
		start(PoolOverBean.class, "0");
		RecordedTrace trace = traced(() -> this.jdbc.queryForList("select 1"));
		assertThat(trace.spans("db.connection.acquire")).hasSize(1);
		assertThat(trace).span("db.connection.acquire").hasAttribute("db.client.connection.pool.name", "outer");
	}

	@Test
	void waitOutsideATraceIsNone() {
		start(Application.class, "0");
		this.jdbc.queryForList("select 1");
		this.receiver.awaitSpan((span) -> span.name().equals("SELECT"));
		assertThat(this.receiver.spans()).noneMatch((span) -> span.name().equals("db.connection.acquire"));
	}

	@Test
	void negativeThresholdFailsTheStart() {
		assertThatException().isThrownBy(() -> start(Application.class, "-1ms"))
			.havingRootCause()
			.isInstanceOf(InvalidConfigurationPropertyValueException.class)
			.withMessageContaining("hindspan.jdbc.acquire-threshold");
	}

	private RecordedTrace traced(Runnable work) {
		this.receiver.reset();
		Observation.createNotStarted("caller", this.context.getBean(ObservationRegistry.class)).observe(work);
		return this.receiver.awaitTrace((trace) -> !trace.spans("caller").isEmpty());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class OwnDataSource {

		@Bean
		DataSource dataSource() {
			JdbcDataSource dataSource = new JdbcDataSource();
			dataSource.setURL("jdbc:h2:mem:own");
			return dataSource;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Routing {

		@Bean
		HikariDataSource pool() {
			return hikari("routed", null);
		}

		@Bean
		@Primary
		AbstractRoutingDataSource router(DataSource pool) {
			AbstractRoutingDataSource router = new AbstractRoutingDataSource() {

				@Override
				protected Object determineCurrentLookupKey() {
					return "only";
				}

			};
			router.setTargetDataSources(Map.of("only", pool));
			return router;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class PoolOverBean {

		@Bean
		DataSource inner() {
			JdbcDataSource dataSource = new JdbcDataSource();
			dataSource.setURL("jdbc:h2:mem:inner");
			return dataSource;
		}

		@Bean
		@Primary
		HikariDataSource pool(@Qualifier("inner") DataSource inner) {
			return hikari("outer", inner);
		}

	}

	private static HikariDataSource hikari(String name, @Nullable DataSource inner) {
		HikariDataSource pool = new HikariDataSource();
		pool.setPoolName(name);
		if (inner != null) {
			pool.setDataSource(inner);
		}
		else {
			pool.setJdbcUrl("jdbc:h2:mem:" + name);
		}
		return pool;
	}

}
