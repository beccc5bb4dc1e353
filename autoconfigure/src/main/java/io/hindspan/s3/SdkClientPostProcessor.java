package io.hindspan.s3;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import software.amazon.awssdk.core.SdkClient;

/**
 * Traces every bean that is a client of the AWS SDK. The bean stays what it is.
 */
final class SdkClientPostProcessor implements BeanPostProcessor {

	private final ObjectProvider<AwsClientTracing> tracing;

	SdkClientPostProcessor(ObjectProvider<AwsClientTracing> tracing) {
		this.tracing = tracing;
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (bean instanceof SdkClient client) {
			this.tracing.ifAvailable((tracing) -> tracing.trace(client));
		}
		return bean;
	}

}
