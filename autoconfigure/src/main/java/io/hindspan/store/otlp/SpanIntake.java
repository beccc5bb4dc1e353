package io.hindspan.store.otlp;

import java.util.ArrayList;
import java.util.List;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.common.InstrumentationScopeInfoBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;

/**
 * Collects the spans of one request, within bounds. For one thread.
 */
final class SpanIntake {

	/** Of one request. */
	static final int MAX_SPANS = 20_000;

	/** Of one span, and as many links. */
	static final int MAX_EVENTS = 256;

	/** Events and links of a request: the shortest has two bytes and becomes fifty. */
	static final int MAX_PARTS = 200_000;

	private static final int MAX_RESOURCE_KEY = 255;

	private final List<SpanData> spans = new ArrayList<>();

	private int rejected;

	private @Nullable String reason;

	private int parts;

	/**
	 * Whether there is room for one more event or link, which then is taken.
	 * @param size how many of its kind its span has
	 */
	boolean takesPart(int size) {
		return size < MAX_EVENTS && this.parts++ < MAX_PARTS;
	}

	/**
	 * Adds a span, or refuses it.
	 */
	void add(SpanParts span, Resource resource, InstrumentationScopeInfo scope) {
		String fault = (this.spans.size() == MAX_SPANS) ? "A request may have " + MAX_SPANS + " spans" : span.fault();
		if (fault == null) {
			this.spans.add(span.build(resource, scope));
			return;
		}
		this.rejected++;
		this.reason = (this.reason != null) ? this.reason : fault;
	}

	OtlpRequest request() {
		return new OtlpRequest(this.spans, this.rejected, this.reason);
	}

	/**
	 * A resource, which may have other keys than a span: printable ASCII.
	 */
	static Resource resource(AttributeParts parts, String schemaUrl) {
		AttributesBuilder attributes = parts.build().toBuilder();
		attributes.removeIf((key) -> !isPrintable(key.getKey()));
		return Resource.create(attributes.build(), schemaUrl.isEmpty() ? null : schemaUrl);
	}

	private static boolean isPrintable(String key) {
		for (int i = 0; i < key.length(); i++) {
			if (key.charAt(i) < ' ' || key.charAt(i) > '~') {
				return false;
			}
		}
		return key.length() <= MAX_RESOURCE_KEY;
	}

	static InstrumentationScopeInfo scope(String name, String version, String schemaUrl, Attributes attributes) {
		InstrumentationScopeInfoBuilder scope = InstrumentationScopeInfo.builder(name).setAttributes(attributes);
		if (!version.isEmpty()) {
			scope.setVersion(version);
		}
		if (!schemaUrl.isEmpty()) {
			scope.setSchemaUrl(schemaUrl);
		}
		return scope.build();
	}

}
