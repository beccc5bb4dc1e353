package io.hindspan.export;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporterBuilder;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * Makes the exporters of targets that properties name. What is wrong with them fails the
 * start.
 */
final class TargetExporters {

	static final String PREFIX = "hindspan.export.targets.";

	private final @Nullable SslBundles bundles;

	TargetExporters(@Nullable SslBundles bundles) {
		this.bundles = bundles;
	}

	/**
	 * Makes an exporter.
	 * @throws InvalidConfigurationPropertyValueException if a property is missing or
	 * wrong
	 */
	SpanExporter create(String name, TargetProperties target) {
		if (target.type() == null) {
			throw invalid(name, "type", null, "Set it to otlp, zipkin or console.");
		}
		positive(name, "timeout", target.timeout());
		positive(name, "connect-timeout", target.connectTimeout());
		return switch (target.type()) {
			case CONSOLE -> console(name, target);
			case ZIPKIN -> zipkin(name, target);
			case OTLP -> (target.transport() == TargetProperties.Transport.HTTP) ? otlpHttp(name, target)
					: otlpGrpc(name, target);
		};
	}

	private static void positive(String name, String property, Duration value) {
		if (value.isNegative() || value.isZero()) {
			throw invalid(name, property, value, "Set it to a positive time, such as 10s.");
		}
	}

	private static SpanExporter console(String name, TargetProperties target) {
		if (target.endpoint() != null) {
			throw invalid(name, "endpoint", target.endpoint(), "Remove it: the console has none.");
		}
		return new ConsoleSpanExporter();
	}

	private SpanExporter zipkin(String name, TargetProperties target) {
		URI endpoint = endpoint(name, target, "http://zipkin:9411/api/v2/spans", true);
		HttpClient.Builder client = HttpPost.client(target.connectTimeout());
		SslBundle bundle = bundle(name, target);
		if (bundle != null) {
			client.sslContext(bundle.createSslContext());
		}
		Map<String, List<String>> headers = headers(name, target, endpoint);
		boolean gzip = target.compression() == TargetProperties.Compression.GZIP;
		return new ZipkinSpanExporter(endpoint, headers, gzip, target.timeout(), client.build());
	}

	private SpanExporter otlpHttp(String name, TargetProperties target) {
		URI endpoint = endpoint(name, target, "http://collector:4318/v1/traces", true);
		headers(name, target, endpoint);
		OtlpHttpSpanExporterBuilder builder = OtlpHttpSpanExporter.builder()
			.setEndpoint(endpoint.toString())
			.setTimeout(target.timeout())
			.setConnectTimeout(target.connectTimeout())
			.setCompression(compression(target))
			.setRetryPolicy(null)
			.setComponentLoader(new OtlpSenders());
		target.headers().forEach(builder::addHeader);
		SslBundle bundle = bundle(name, target);
		if (bundle != null) {
			builder.setSslContext(bundle.createSslContext(), trustManager(bundle));
		}
		return builder.build();
	}

	private SpanExporter otlpGrpc(String name, TargetProperties target) {
		URI endpoint = endpoint(name, target, "http://collector:4317", false);
		headers(name, target, endpoint);
		OtlpGrpcSpanExporterBuilder builder = OtlpGrpcSpanExporter.builder()
			.setEndpoint(endpoint.toString())
			.setTimeout(target.timeout())
			.setConnectTimeout(target.connectTimeout())
			.setCompression(compression(target))
			.setRetryPolicy(null)
			.setComponentLoader(new OtlpSenders());
		target.headers().forEach(builder::addHeader);
		SslBundle bundle = bundle(name, target);
		if (bundle != null) {
			builder.setSslContext(bundle.createSslContext(), trustManager(bundle));
		}
		return builder.build();
	}

	private static String compression(TargetProperties target) {
		return target.compression().name().toLowerCase(Locale.ROOT);
	}

	private static URI endpoint(String name, TargetProperties target, String example, boolean path) {
		String remedy = "Set it to the full URL that spans are sent to, such as " + example + ".";
		if (target.endpoint() == null || target.endpoint().isBlank()) {
			throw invalid(name, "endpoint", target.endpoint(), remedy);
		}
		URI uri;
		try {
			uri = URI.create(target.endpoint().strip());
		}
		catch (IllegalArgumentException ex) {
			throw invalid(name, "endpoint", target.endpoint(), remedy);
		}
		boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
		boolean rooted = uri.getRawPath() == null || uri.getRawPath().length() <= 1;
		if (!http || uri.getHost() == null || uri.getRawFragment() != null || (path && rooted)) {
			throw invalid(name, "endpoint", target.endpoint(), remedy);
		}
		return uri;
	}

	/**
	 * The headers, in a request that shows whether they can be set. Their values may be
	 * secrets, so that only a name is told.
	 */
	private static Map<String, List<String>> headers(String name, TargetProperties target, URI endpoint) {
		Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		target.headers().forEach((header, value) -> {
			try {
				HttpPost.set(HttpRequest.newBuilder(endpoint), header, value);
			}
			catch (IllegalArgumentException ex) {
				throw invalid(name, "headers", header,
						"Set only headers with a value of visible characters that the connection itself does not set.");
			}
			headers.put(header, List.of(value));
		});
		return headers;
	}

	private @Nullable SslBundle bundle(String name, TargetProperties target) {
		String bundle = target.ssl().bundle();
		if (bundle == null) {
			return null;
		}
		try {
			if (this.bundles != null) {
				return this.bundles.getBundle(bundle);
			}
		}
		catch (NoSuchSslBundleException ex) {
			throw unknownBundle(name, bundle);
		}
		throw unknownBundle(name, bundle);
	}

	private static InvalidConfigurationPropertyValueException unknownBundle(String name, String bundle) {
		return invalid(name, "ssl.bundle", bundle,
				"Set it to the name of a bundle beneath spring.ssl.bundle.pem or spring.ssl.bundle.jks.");
	}

	private static X509TrustManager trustManager(SslBundle bundle) {
		for (TrustManager trustManager : bundle.getManagers().getTrustManagers()) {
			if (trustManager instanceof X509TrustManager x509) {
				return x509;
			}
		}
		throw new IllegalStateException("No X509TrustManager in the SSL bundle");
	}

	private static InvalidConfigurationPropertyValueException invalid(String name, String property,
			@Nullable Object value, String remedy) {
		return new InvalidConfigurationPropertyValueException(PREFIX + name + "." + property, value, remedy);
	}

}
