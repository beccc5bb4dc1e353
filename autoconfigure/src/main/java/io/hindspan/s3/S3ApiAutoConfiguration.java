package io.hindspan.s3;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import software.amazon.awssdk.awscore.AwsClient;
import software.amazon.awssdk.core.SdkClient;

/**
 * Offers a {@link AwsClientTracing} that does nothing where the AWS SDK is not traced,
 * since code that has it injected should start.
 */
@AutoConfiguration(after = S3TracingAutoConfiguration.class)
@ConditionalOnClass({ SdkClient.class, AwsClient.class })
public final class S3ApiAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	AwsClientTracing untracedAwsClients() {
		return new AwsClientTracing(null, false);
	}

}
