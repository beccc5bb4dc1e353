package io.hindspan.export;

import java.util.List;

import io.opentelemetry.common.ComponentLoader;
import io.opentelemetry.sdk.common.export.GrpcSenderProvider;
import io.opentelemetry.sdk.common.export.HttpSender;
import io.opentelemetry.sdk.common.export.HttpSenderConfig;
import io.opentelemetry.sdk.common.export.HttpSenderProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives OpenTelemetry's OTLP exporters the senders that tell targets why a batch was not
 * taken. Senders that a system property names, or between which it must choose, stay, and
 * so does the one that tries again by itself where the application asks for that.
 */
final class OtlpSenders implements ComponentLoader {

	private static final Logger logger = LoggerFactory.getLogger(OtlpSenders.class);

	private final ComponentLoader loader = ComponentLoader.forClassLoader(OtlpSenders.class.getClassLoader());

	@Override
	public <T> Iterable<T> load(Class<T> type) {
		List<T> found = ComponentLoader.loadList(this.loader, type);
		if (System.getProperty(type.getName()) != null) {
			return found;
		}
		if (type == HttpSenderProvider.class) {
			HttpSenderProvider provider = (config) -> http(config, found);
			return List.of(type.cast(provider));
		}
		if (type == GrpcSenderProvider.class && found.size() == 1) {
			GrpcSenderProvider existing = (GrpcSenderProvider) found.get(0);
			GrpcSenderProvider provider = (config) -> new OtlpGrpcSender(existing.createSender(config));
			return List.of(type.cast(provider));
		}
		return found;
	}

	private static HttpSender http(HttpSenderConfig config, List<?> others) {
		if (config.getRetryPolicy() != null && !others.isEmpty()) {
			return ((HttpSenderProvider) others.get(0)).createSender(config);
		}
		try {
			return new OtlpHttpSender(config);
		}
		catch (IllegalArgumentException ex) {
			// Such as a Host header, which Java's client does not let one set
			if (others.isEmpty()) {
				throw ex;
			}
			logger.info("OpenTelemetry's own sender is used for {}, which heeds no Retry-After and no partial "
					+ "success: {}", config.getEndpoint().getHost(), ex.getMessage());
			return ((HttpSenderProvider) others.get(0)).createSender(config);
		}
	}

}
