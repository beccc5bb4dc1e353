package io.hindspan.jdbc;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import org.aspectj.lang.annotation.Aspect;
import org.aspectj.lang.annotation.Before;
import org.h2.jdbc.JdbcConnection;
import org.h2.jdbcx.JdbcConnectionPool;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectFactory;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.boot.jdbc.DataSourceUnwrapper;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceInitializationAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.metrics.DataSourcePoolMetricsAutoConfiguration;
import org.springframework.boot.jdbc.health.DataSourceHealthIndicator;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseBuilder;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseType;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.springframework.test.util.AopTestUtils;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for the tracing of {@code DataSource} beans.
 */
@ExtendWith(OutputCaptureExtension.class)
class DataSourceTracingTests {

	private final ApplicationContextRunner runner = TracedRunner.runner()
		.withConfiguration(AutoConfigurations.of(JdbcTracingAutoConfiguration.class));

	private final ApplicationContextRunner bootRunner = this.runner
		.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
				DataSourceInitializationAutoConfiguration.class))
		.withPropertyValues("spring.datasource.url=jdbc:h2:mem:wired");

	@Test
	void poolOfSpringBootIsTracedAndKeepsItsType() {
		this.bootRunner.run((context) -> {
			HikariDataSource dataSource = context.getBean(HikariDataSource.class);
			assertThat(context).getBean(DataSource.class).isSameAs(dataSource);
			assertThat(dataSource.getJdbcUrl()).isEqualTo("jdbc:h2:mem:wired");
			assertOneSpan(context, dataSource);
			assertThat(dataSource.isRunning()).isTrue();
		});
	}

	@Test
	void poolThatIsUnwrappedIsThePoolItself() {
		this.bootRunner.run((context) -> {
			DataSource dataSource = context.getBean(DataSource.class);
			HikariDataSource pool = (HikariDataSource) ((TracedDataSource) dataSource).getWrappedObject();
			assertThat(AopUtils.isAopProxy(pool)).isFalse();
			assertThat(dataSource.isWrapperFor(HikariDataSource.class)).isTrue();
			assertThat(dataSource.unwrap(HikariDataSource.class).getJdbcUrl()).isEqualTo("jdbc:h2:mem:wired");
			assertThat(DataSourceUnwrapper.unwrapRoot(dataSource)).isSameAs(pool);
			assertThat(AopTestUtils.<DataSource>getTargetObject(dataSource)).isSameAs(pool);
			HikariDataSource derived = (HikariDataSource) DataSourceBuilder.derivedFrom(dataSource).build();
			assertThat(derived.getJdbcUrl()).isEqualTo(pool.getJdbcUrl());
		});
	}

	@Test
	void poolIsClosedWithTheApplication() {
		this.bootRunner.run((context) -> {
			HikariDataSource pool = AopTestUtils.getTargetObject(context.getBean(DataSource.class));
			context.close();
			assertThat(pool.isClosed()).isTrue();
		});
	}

	@Test
	void poolThatIsStartedAlreadyIsTraced() {
		this.runner.withBean(HikariDataSource.class, () -> {
			HikariConfig config = new HikariConfig();
			config.setJdbcUrl("jdbc:h2:mem:started");
			return new HikariDataSource(config);
		}).run((context) -> assertOneSpan(context, context.getBean(HikariDataSource.class)));
	}

	@Test
	void metersOfThePoolAreKept() {
		Map<String, Double> plain = meters("hindspan.jdbc.enabled=false");
		assertThat(plain).containsEntry("jdbc.connections.active", 1.0)
			.containsEntry("jdbc.connections.max", 10.0)
			.containsEntry("hikaricp.connections.active", 1.0)
			.containsKey("hikaricp.connections.acquire");
		assertThat(meters("hindspan.jdbc.enabled=true")).isEqualTo(plain);
	}

	private Map<String, Double> meters(String property) {
		Map<String, Double> meters = new TreeMap<>();
		this.bootRunner
			.withConfiguration(
					AutoConfigurations.of(MetricsAutoConfiguration.class, DataSourcePoolMetricsAutoConfiguration.class))
			.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.withBean(PoolStarter.class)
			.withPropertyValues(property)
			.run((context) -> {
				try (Connection connection = context.getBean(DataSource.class).getConnection()) {
					context.getBean(MeterRegistry.class)
						.getMeters()
						.stream()
						.filter((meter) -> meter.getId().getName().matches("(jdbc|hikaricp).*"))
						.forEach((meter) -> meters.put(meter.getId().getName(),
								(meter instanceof Gauge gauge) ? gauge.value() : 0.0));
				}
			});
		// Filled by a thread of the pool in its own time
		meters.keySet().removeAll(Set.of("hikaricp.connections", "hikaricp.connections.idle", "jdbc.connections.idle"));
		return meters;
	}

	@Test
	void poolTakesItsConnectionBack() {
		this.bootRunner.run((context) -> {
			HikariDataSource dataSource = context.getBean(HikariDataSource.class);
			JdbcConnection first;
			try (Connection connection = dataSource.getConnection()) {
				first = connection.unwrap(JdbcConnection.class);
				dataSource.evictConnection(connection);
			}
			try (Connection connection = dataSource.getConnection()) {
				assertThat(connection.unwrap(JdbcConnection.class)).isNotSameAs(first);
			}
		});
	}

	@Test
	void connectionIsFetchedLazily() {
		this.bootRunner.withPropertyValues("spring.datasource.connection-fetch=lazy").run((context) -> {
			DataSource dataSource = context.getBean(DataSource.class);
			assertThat(dataSource).isInstanceOf(LazyConnectionDataSourceProxy.class);
			HikariDataSource pool = dataSource.unwrap(HikariDataSource.class);
			try (Connection connection = dataSource.getConnection()) {
				assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
				assertThat(connection.getAutoCommit()).isTrue();
			}
			assertOneSpan(context, dataSource);
		});
	}

	@Test
	void finalClassThatIsDeclaredByItsInterfaceIsTraced() {
		this.runner.withUserConfiguration(FinalByInterface.class).run((context) -> {
			DataSource dataSource = context.getBean(DataSource.class);
			assertThat(dataSource.isWrapperFor(DataSource.class)).isTrue();
			assertOneSpan(context, dataSource);
		});
	}

	@Test
	void finalClassThatIsDeclaredAsItselfIsLeftAlone(CapturedOutput output) {
		this.runner.withUserConfiguration(FinalByClass.class).run((context) -> {
			assertThat(context).hasSingleBean(JdbcDataSource.class);
			assertThat(context.getBean(JdbcDataSource.class).getConnection()).isInstanceOf(JdbcConnection.class);
			assertThat(output).contains("'finalDataSource' are not traced", "Declare the bean by an interface");
		});
	}

	@Test
	void classWithFinalMethodsIsNotSubclassed() {
		this.runner.withUserConfiguration(FinalMethod.class).run((context) -> {
			DataSource dataSource = context.getBean(DataSource.class);
			assertThat(AopUtils.isJdkDynamicProxy(dataSource)).isTrue();
			assertOneSpan(context, dataSource);
		});
	}

	@Test
	void embeddedDatabaseIsTracedAndKeepsItsType() {
		this.runner.withUserConfiguration(Embedded.class)
			.run((context) -> assertOneSpan(context, context.getBean(EmbeddedDatabase.class)));
	}

	@Test
	void twoDatabasesAreToldApart() {
		this.runner.withBean("one", HikariDataSource.class, () -> pool("one"))
			.withBean("two", HikariDataSource.class, () -> pool("two"))
			.run((context) -> {
				execute(context.getBean("one", DataSource.class));
				execute(context.getBean("two", DataSource.class));
				assertThat(spans(context)).extracting((span) -> attribute(span, "db.namespace"))
					.containsExactly("one", "two");
			});
	}

	@Test
	void proxyOfATracedBeanAddsNoSpan() {
		this.runner.withUserConfiguration(Delegating.class).run((context) -> {
			for (String name : List.of("transactionAware", "lazy", "delegating")) {
				assertOneSpan(context, context.getBean(name, DataSource.class));
			}
			assertThat(AopUtils.isAopProxy(context.getBean("delegating"))).isFalse();
		});
	}

	@Test
	void proxyOfWhatIsNoBeanIsTraced() {
		this.runner.withBean(DataSource.class, () -> new LazyConnectionDataSourceProxy(pool("inner")))
			.run((context) -> {
				assertThat(context.getBean(DataSource.class)).isInstanceOf(LazyConnectionDataSourceProxy.class);
				assertOneSpan(context, context.getBean(DataSource.class));
			});
	}

	@Test
	void proxyOfAFinalClassIsTraced() {
		this.runner
			.withBean(LazyConnectionDataSourceProxy.class,
					() -> new LazyConnectionDataSourceProxy(
							JdbcConnectionPool.create("jdbc:h2:mem:final-inner", "sa", "")))
			.run((context) -> assertOneSpan(context, context.getBean(DataSource.class)));
	}

	@Test
	void proxyThatLeadsElsewhereIsTraced() {
		this.runner.withBean(Elsewhere.class).run((context) -> {
			SpanData span = assertOneSpan(context, context.getBean(Elsewhere.class));
			assertThat(attribute(span, "db.namespace")).isEqualTo("elsewhere");
		});
	}

	@Test
	void firstUseMayBeAtShutdown() {
		this.runner.withBean(HikariDataSource.class, () -> pool("shutdown"))
			.withBean(UsedAtShutdown.class)
			.run((context) -> {
				UsedAtShutdown bean = context.getBean(UsedAtShutdown.class);
				context.close();
				assertThat(bean.failure).isNull();
				assertThat(bean.used).isTrue();
			});
	}

	@Test
	void poolOverATracedBeanAddsNoSpan() {
		this.runner.withUserConfiguration(PoolOverBean.class)
			.run((context) -> assertOneSpan(context, context.getBean("pool", DataSource.class)));
	}

	@Test
	void routerAddsNoSpanAndTellsWhereItLedTo() {
		this.runner.withUserConfiguration(Routing.class).run((context) -> {
			Router router = context.getBean(Router.class);
			for (String target : List.of("bean", "plain", "lazy")) {
				router.leadTo(target);
				SpanData span = assertOneSpan(context, router);
				assertThat(attribute(span, "db.namespace")).isEqualTo("routed-" + target);
			}
			assertThat(router.getResolvedDataSources()).hasSize(3);
		});
	}

	@Test
	void refreshedScopeIsTracedAnew() {
		this.runner.withUserConfiguration(Scoped.class).run((context) -> {
			HikariDataSource dataSource = context.getBean("dataSource", HikariDataSource.class);
			assertThat(attribute(assertOneSpan(context, dataSource), "db.namespace")).isEqualTo("scoped1");
			context.getBean(RefreshableScope.class).refresh();
			assertThat(attribute(assertOneSpan(context, dataSource), "db.namespace")).isEqualTo("scoped2");
		});
	}

	@Test
	void beanThatAnAspectMatchesIsTraced() {
		this.runner.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class))
			.withBean(CountingAspect.class)
			.withBean(HikariDataSource.class, () -> pool("aspect"))
			.run((context) -> {
				assertOneSpan(context, context.getBean(HikariDataSource.class));
				assertThat(context.getBean(CountingAspect.class).calls).isPositive();
			});
	}

	@Test
	void transactionIsSharedWithTheDataSourceBehindTheBean() {
		this.runner.withBean(HikariDataSource.class, () -> pool("shared-transaction")).run((context) -> {
			DataSource bean = context.getBean(DataSource.class);
			DataSource raw = AopTestUtils.getTargetObject(bean);
			TransactionTemplate transaction = new TransactionTemplate(new DataSourceTransactionManager(bean));
			transaction.executeWithoutResult((status) -> {
				String one = new JdbcTemplate(bean).queryForObject("select session_id()", String.class);
				String two = new JdbcTemplate(raw).queryForObject("select session_id()", String.class);
				assertThat(one).isEqualTo(two);
			});
		});
	}

	@Test
	void connectionThatIsNotToBeClosedStaysOpen() {
		this.runner
			.withBean(SingleConnectionDataSource.class,
					() -> new SingleConnectionDataSource("jdbc:h2:mem:single", "sa", "", false))
			.run((context) -> {
				DataSource dataSource = context.getBean(DataSource.class);
				JdbcTemplate jdbc = new JdbcTemplate(dataSource);
				jdbc.execute("create table tasks (id int)");
				assertThat(jdbc.queryForList("select * from tasks")).isEmpty();
			});
	}

	@Test
	void creatingTheBeanOpensNoConnection() {
		this.runner.withBean(Unreachable.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThatThrownBy(() -> context.getBean(DataSource.class).getConnection()).isInstanceOf(SQLException.class)
				.hasMessage("unreachable");
		});
	}

	@Test
	void settingUpTheSchemaMakesNoSpansAndWakesNobody(CapturedOutput output) {
		this.bootRunner.withPropertyValues("spring.sql.init.schema-locations=classpath:io/hindspan/jdbc/schema.sql")
			.withBean("early", String.class, () -> "early")
			.run((context) -> {
				assertThat(spans(context)).isEmpty();
				JdbcTemplate jdbc = new JdbcTemplate(context.getBean(DataSource.class));
				assertThat(jdbc.queryForList("select * from made_by_script")).isEmpty();
				assertThat(spans(context)).hasSize(1);
				assertThat(output).doesNotContain("is not eligible for getting processed by all BeanPostProcessors");
			});
	}

	@Test
	void healthIsUp() {
		this.bootRunner.run((context) -> {
			DataSourceHealthIndicator indicator = new DataSourceHealthIndicator(context.getBean(DataSource.class));
			assertThat(indicator.health().getStatus()).isEqualTo(Status.UP);
			assertThat(spans(context)).isEmpty();
		});
	}

	@Test
	void samplerSeesTheOperationOfAStatement() {
		StatementSampler sampler = new StatementSampler();
		this.bootRunner.withBean(Sampler.class, () -> sampler).run((context) -> {
			execute(context.getBean(DataSource.class));
			assertThat(spans(context)).isEmpty();
			assertThat(sampler.name).isEqualTo("SELECT");
			assertThat(sampler.kind).isEqualTo(SpanKind.CLIENT);
			assertThat(sampler.attributes.get(AttributeKey.stringKey("db.operation.name"))).isEqualTo("SELECT");
			assertThat(sampler.attributes.get(AttributeKey.stringKey("db.query.text"))).isEqualTo("select ?");
		});
	}

	@Test
	void textIsLeftOutOnDemand() {
		this.bootRunner.withPropertyValues("hindspan.jdbc.query-text=false").run((context) -> {
			SpanData span = assertOneSpan(context, context.getBean(DataSource.class));
			assertThat(attribute(span, "db.query.text")).isNull();
			assertThat(attribute(span, "db.query.summary")).isEqualTo("SELECT");
		});
	}

	@Test
	void legacyNamesAreWrittenOnDemand() {
		this.bootRunner.withPropertyValues("hindspan.span.attribute-names=legacy").run((context) -> {
			SpanData span = assertOneSpan(context, context.getBean(DataSource.class));
			Map<String, Object> attributes = new LinkedHashMap<>();
			span.getAttributes().forEach((key, value) -> attributes.put(key.getKey(), value));
			assertThat(attributes).containsEntry("db.system", "h2")
				.containsEntry("db.name", "wired")
				.containsEntry("db.operation", "SELECT")
				.containsEntry("db.statement", "select ?")
				.doesNotContainKeys("db.system.name", "db.namespace", "db.operation.name", "db.query.text");
		});
	}

	@Test
	void isOffByProperty() {
		for (String property : List.of("hindspan.jdbc.enabled=false", "hindspan.enabled=false")) {
			this.bootRunner.withPropertyValues(property).run((context) -> {
				assertThat(context).doesNotHaveBean(DataSourceTracingPostProcessor.class)
					.doesNotHaveBean(StatementTracer.class);
				assertThat(context.getBean(DataSource.class).getClass()).isEqualTo(HikariDataSource.class);
			});
		}
	}

	@Test
	void isAbsentWithoutTheLibrary() {
		this.runner.withClassLoader(new FilteredClassLoader(DelegatingDataSource.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(DataSourceTracingPostProcessor.class));
		this.runner.withClassLoader(new FilteredClassLoader(HikariDataSource.class))
			.withUserConfiguration(FinalByInterface.class)
			.run((context) -> assertOneSpan(context, context.getBean(DataSource.class)));
	}

	@Test
	void isAbsentWithoutATracer() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(JdbcTracingAutoConfiguration.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(DataSourceTracingPostProcessor.class));
	}

	private static SpanData assertOneSpan(AssertableApplicationContext context, DataSource dataSource)
			throws SQLException {
		TracedRunner.spans(context).clear();
		execute(dataSource);
		assertThat(spans(context)).extracting(SpanData::getName).containsExactly("SELECT");
		return spans(context).get(0);
	}

	private static void execute(DataSource dataSource) throws SQLException {
		try (Connection connection = dataSource.getConnection(); Statement statement = connection.createStatement()) {
			statement.execute("select 1");
		}
	}

	private static List<SpanData> spans(AssertableApplicationContext context) {
		return TracedRunner.spans(context);
	}

	private static String attribute(SpanData span, String key) {
		return span.getAttributes().get(AttributeKey.stringKey(key));
	}

	private static HikariDataSource pool(String database) {
		HikariDataSource pool = new HikariDataSource();
		pool.setJdbcUrl("jdbc:h2:mem:" + database);
		return pool;
	}

	/** A pool that is not started has no meters yet. */
	static class PoolStarter {

		PoolStarter(DataSource dataSource) throws SQLException {
			dataSource.getConnection().close();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FinalByInterface {

		@Bean
		DataSource finalDataSource() {
			return JdbcConnectionPool.create("jdbc:h2:mem:final", "sa", "");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FinalByClass {

		@Bean
		JdbcDataSource finalDataSource() {
			JdbcDataSource dataSource = new JdbcDataSource();
			dataSource.setURL("jdbc:h2:mem:final-by-class");
			return dataSource;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FinalMethod {

		@Bean
		DataSource finalMethodDataSource() {
			return new DataSourceWithFinalMethod();
		}

	}

	static class DataSourceWithFinalMethod extends AbstractDataSource {

		private final DataSource target = pool("final-method");

		@Override
		public final Connection getConnection() throws SQLException {
			return this.target.getConnection();
		}

		@Override
		public Connection getConnection(String username, String password) throws SQLException {
			return getConnection();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Embedded {

		@Bean
		EmbeddedDatabase embeddedDatabase() {
			return new EmbeddedDatabaseBuilder().setType(EmbeddedDatabaseType.H2).generateUniqueName(true).build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Delegating {

		@Bean
		HikariDataSource pool() {
			return DataSourceTracingTests.pool("delegating");
		}

		@Bean
		DataSource transactionAware(HikariDataSource pool) {
			return new TransactionAwareDataSourceProxy(pool);
		}

		@Bean
		DataSource lazy(HikariDataSource pool) {
			return new LazyConnectionDataSourceProxy(pool);
		}

		@Bean
		DelegatingDataSource delegating(HikariDataSource pool) {
			return new DelegatingDataSource(new TransactionAwareDataSourceProxy(pool));
		}

	}

	static class Elsewhere extends DelegatingDataSource {

		private final DataSource elsewhere = pool("elsewhere");

		Elsewhere() {
			super(pool("nowhere"));
		}

		@Override
		public Connection getConnection() throws SQLException {
			return this.elsewhere.getConnection();
		}

	}

	static class UsedAtShutdown implements DisposableBean {

		private final DataSource dataSource;

		private boolean used;

		private Exception failure;

		UsedAtShutdown(DataSource dataSource) {
			this.dataSource = dataSource;
		}

		@Override
		public void destroy() {
			try {
				execute(this.dataSource);
				this.used = true;
			}
			catch (Exception ex) {
				this.failure = ex;
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PoolOverBean {

		@Bean
		DataSource inner() {
			return JdbcConnectionPool.create("jdbc:h2:mem:pool-over-bean", "sa", "");
		}

		@Bean
		HikariDataSource pool(DataSource inner) {
			HikariDataSource pool = new HikariDataSource();
			pool.setDataSource(inner);
			return pool;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Routing {

		@Bean
		HikariDataSource target() {
			return pool("routed-bean");
		}

		@Bean
		Router router(HikariDataSource target) {
			Router router = new Router();
			DataSource lazy = new LazyConnectionDataSourceProxy(pool("routed-lazy"));
			router.setTargetDataSources(Map.of("bean", target, "plain", pool("routed-plain"), "lazy", lazy));
			return router;
		}

	}

	static class Router extends AbstractRoutingDataSource {

		private final ThreadLocal<String> target = new ThreadLocal<>();

		void leadTo(String target) {
			this.target.set(target);
		}

		@Override
		protected Object determineCurrentLookupKey() {
			return this.target.get();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Scoped {

		@Bean
		static RefreshableScope refreshableScope() {
			return new RefreshableScope();
		}

		@Bean
		static BeanFactoryPostProcessor scopeRegistrar(RefreshableScope scope) {
			return (beanFactory) -> beanFactory.registerScope("refreshable", scope);
		}

		@Bean
		@Scope(value = "refreshable", proxyMode = ScopedProxyMode.TARGET_CLASS)
		HikariDataSource dataSource(RefreshableScope scope) {
			return pool("scoped" + scope.generation);
		}

	}

	static class RefreshableScope implements org.springframework.beans.factory.config.Scope {

		private final Map<String, Object> beans = new LinkedHashMap<>();

		private final Map<String, Runnable> callbacks = new LinkedHashMap<>();

		private int generation = 1;

		void refresh() {
			this.callbacks.values().forEach(Runnable::run);
			this.beans.clear();
			this.generation++;
		}

		@Override
		public Object get(String name, ObjectFactory<?> objectFactory) {
			if (!this.beans.containsKey(name)) {
				this.beans.put(name, objectFactory.getObject());
			}
			return this.beans.get(name);
		}

		@Override
		public Object remove(String name) {
			return this.beans.remove(name);
		}

		@Override
		public void registerDestructionCallback(String name, Runnable callback) {
			this.callbacks.put(name, callback);
		}

	}

	@Aspect
	static class CountingAspect {

		private int calls;

		@Before("execution(* javax.sql.DataSource.getConnection(..))")
		void count() {
			this.calls++;
		}

	}

	static class Unreachable extends AbstractDataSource {

		@Override
		public Connection getConnection() throws SQLException {
			throw new SQLException("unreachable");
		}

		@Override
		public Connection getConnection(String username, String password) throws SQLException {
			throw new SQLException("unreachable");
		}

		@Override
		public PrintWriter getLogWriter() {
			return new PrintWriter(System.err);
		}

	}

	static class StatementSampler implements Sampler {

		private String name;

		private SpanKind kind;

		private Attributes attributes;

		@Override
		public SamplingResult shouldSample(Context parentContext, String traceId, String name, SpanKind spanKind,
				Attributes attributes, List<LinkData> parentLinks) {
			this.name = name;
			this.kind = spanKind;
			this.attributes = attributes;
			return SamplingResult.drop();
		}

		@Override
		public String getDescription() {
			return "StatementSampler";
		}

	}

}
