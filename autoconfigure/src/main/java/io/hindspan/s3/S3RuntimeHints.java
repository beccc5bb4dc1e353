package io.hindspan.s3;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * What the AWS SDK finds by its name.
 */
final class S3RuntimeHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.resources().registerPattern("software/amazon/awssdk/global/handlers/execution.interceptors");
		hints.reflection().registerType(AwsApiCallInterceptor.class, MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS);
	}

}
