package io.hindspan.s3;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import software.amazon.awssdk.awscore.AwsClient;
import software.amazon.awssdk.core.SdkClient;

import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanTracingAutoConfiguration;

/**
 * Traces the calls of client beans of the AWS SDK: of S3, and of every other service.
 */
@AutoConfiguration(after = SpanTracingAutoConfiguration.class)
@ConditionalOnClass({ SdkClient.class, AwsClient.class })
@ConditionalOnBean(InstrumentationTracers.class)
@ConditionalOnHindspan("s3")
@EnableConfigurationProperties(S3TracingProperties.class)
@ImportRuntimeHints(S3RuntimeHints.class)
public final class S3TracingAutoConfiguration {

	@Bean
	AwsClientTracing awsClientTracing(InstrumentationTracers tracers, S3TracingProperties properties) {
		return new AwsClientTracing(tracers, properties.objectKeys());
	}

	@Bean
	static SdkClientPostProcessor tracingSdkClientPostProcessor(ObjectProvider<AwsClientTracing> tracing) {
		return new SdkClientPostProcessor(tracing);
	}

}
