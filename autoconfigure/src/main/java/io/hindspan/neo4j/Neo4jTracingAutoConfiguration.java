package io.hindspan.neo4j;

import org.neo4j.driver.Driver;
import org.neo4j.driver.observation.micrometer.MicrometerObservationProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.neo4j.autoconfigure.ConfigBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanTracingAutoConfiguration;

/**
 * Makes spans of what the Neo4j driver observes. Spring Boot sets the driver's
 * observation up where its module for Micrometer is on the class path.
 */
@AutoConfiguration(after = SpanTracingAutoConfiguration.class)
@ConditionalOnClass({ Driver.class, ConfigBuilderCustomizer.class })
@ConditionalOnBean(InstrumentationTracers.class)
@ConditionalOnHindspan("neo4j")
@EnableConfigurationProperties(Neo4jTracingProperties.class)
public final class Neo4jTracingAutoConfiguration {

	private static final Logger logger = LoggerFactory.getLogger(Neo4jTracingAutoConfiguration.class);

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MicrometerObservationProvider.class)
	static class ObservedDriver {

		@Bean
		QueryConvention neo4jQueryConvention(Neo4jTracingProperties properties) {
			return new QueryConvention(properties.queryText());
		}

		@Bean
		DriverConvention neo4jDriverConvention(InstrumentationTracers tracers, Neo4jTracingProperties properties) {
			return new DriverConvention(tracers, properties.acquireThreshold());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingClass("org.neo4j.driver.observation.micrometer.MicrometerObservationProvider")
	static class UnobservedDriver {

		@Bean
		SmartInitializingSingleton untracedNeo4jDrivers(ListableBeanFactory beanFactory) {
			return () -> {
				if (beanFactory.getBeanNamesForType(Driver.class, false, false).length > 0) {
					logger.warn("Queries of Neo4j are not traced: add the dependency"
							+ " org.neo4j.driver:neo4j-java-driver-observation-micrometer, of the version that"
							+ " Spring Boot manages");
				}
			};
		}

	}

}
