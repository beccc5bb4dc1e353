package io.hindspan.jdbc;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfigMXBean;
import com.zaxxer.hikari.HikariDataSource;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.DataSourceUnwrapper;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadataProvider;
import org.springframework.boot.jdbc.metadata.HikariDataSourcePoolMetadata;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.datasource.DelegatingDataSource;

import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanTracingAutoConfiguration;

/**
 * Traces the statements of every {@link DataSource} bean.
 */
@AutoConfiguration(after = SpanTracingAutoConfiguration.class, before = DataSourceAutoConfiguration.class)
@ConditionalOnClass({ DataSource.class, DelegatingDataSource.class })
@ConditionalOnBean(InstrumentationTracers.class)
@ConditionalOnHindspan("jdbc")
@EnableConfigurationProperties(JdbcTracingProperties.class)
public final class JdbcTracingAutoConfiguration {

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static DataSourceTracingPostProcessor dataSourceTracingPostProcessor(ObjectProvider<StatementTracer> tracer) {
		return new DataSourceTracingPostProcessor(tracer);
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static StatementTracer statementTracer(ObjectProvider<InstrumentationTracers> tracers,
			ObjectProvider<PoolMetadata> poolMetadata, JdbcTracingProperties properties, Environment environment) {
		return new StatementTracer(tracers, poolMetadata, properties,
				environment.getProperty("spring.application.name"));
	}

	/**
	 * Spring Boot reads the pool from a field of the {@code DataSource}, which is empty
	 * in a proxy. Registered before Spring Boot's own, since the first answer counts.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ HikariDataSource.class, DataSourcePoolMetadataProvider.class })
	static class HikariPoolMetadataConfiguration {

		@Bean
		DataSourcePoolMetadataProvider tracedHikariPoolMetadataProvider() {
			return (dataSource) -> {
				HikariDataSource pool = DataSourceUnwrapper.unwrap(dataSource, HikariConfigMXBean.class,
						HikariDataSource.class);
				return (pool != null && AopProxyUtils.getSingletonTarget(pool) instanceof HikariDataSource target)
						? new HikariDataSourcePoolMetadata(target) : null;
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(DataSourcePoolMetadataProvider.class)
	static class PoolMetadataConfiguration {

		@Bean
		PoolMetadata poolMetadata(ObjectProvider<DataSourcePoolMetadataProvider> providers) {
			return new PoolMetadata(providers);
		}

	}

}
