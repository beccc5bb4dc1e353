package io.hindspan.guard;

import java.util.ArrayList;
import java.util.List;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.TraceStateBuilder;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.common.InstrumentationScopeInfoBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the spans of one batch, from part to part. Each part in which there is
 * nothing to mask stays the instance that it is. Not thread-safe.
 */
final class SpanPass {

	private final AttributesGuard attributes;

	private final SpanNames names;

	private final OncePerInstance<Resource> resources;

	private final OncePerInstance<InstrumentationScopeInfo> scopes;

	private @Nullable Resource lastResource;

	private @Nullable Resource lastGuardedResource;

	SpanPass(AttributesGuard attributes, SpanNames names, OncePerInstance<Resource> resources,
			OncePerInstance<InstrumentationScopeInfo> scopes) {
		this.attributes = attributes;
		this.names = names;
		this.resources = resources;
		this.scopes = scopes;
	}

	SpanData guard(SpanData span) {
		InstrumentationScopeInfo scope = this.scopes.get(span.getInstrumentationScopeInfo(), this::scope);
		String name = name(span, scope.getName());
		GuardedSpan.Content content = new GuardedSpan.Content(name, context(span.getSpanContext()),
				resource(span.getResource()), scope, this.attributes.ofSpan(span.getAttributes()),
				events(span.getEvents()), links(span.getLinks()), status(span.getStatus()));
		return isOf(content, span) ? span : new GuardedSpan(span, content);
	}

	private String name(SpanData span, String scope) {
		String name = span.getName();
		return this.names.isKnown(scope, span.getKind(), name) ? name
				: this.names.guard(scope, span.getKind(), this.attributes.text(name));
	}

	private static boolean isOf(GuardedSpan.Content content, SpanData span) {
		return content.name().equals(span.getName()) && content.context() == span.getSpanContext()
				&& content.resource() == span.getResource() && content.scope() == span.getInstrumentationScopeInfo()
				&& content.attributes() == span.getAttributes() && content.events() == span.getEvents()
				&& content.links() == span.getLinks() && content.status() == span.getStatus();
	}

	private Resource resource(Resource resource) {
		Resource guarded = this.lastGuardedResource;
		if (guarded == null || resource != this.lastResource) {
			guarded = this.resources.get(resource, this::guarded);
			this.lastResource = resource;
			this.lastGuardedResource = guarded;
		}
		return guarded;
	}

	private Resource guarded(Resource resource) {
		Attributes guarded = this.attributes.guard(resource.getAttributes());
		return (guarded == resource.getAttributes()) ? resource : Resource.create(guarded, resource.getSchemaUrl());
	}

	private InstrumentationScopeInfo scope(InstrumentationScopeInfo scope) {
		String name = this.attributes.text(scope.getName());
		Attributes guarded = this.attributes.guard(scope.getAttributes());
		if (name.equals(scope.getName()) && guarded == scope.getAttributes()) {
			return scope;
		}
		InstrumentationScopeInfoBuilder builder = InstrumentationScopeInfo.builder(name).setAttributes(guarded);
		if (scope.getVersion() != null) {
			builder.setVersion(scope.getVersion());
		}
		if (scope.getSchemaUrl() != null) {
			builder.setSchemaUrl(scope.getSchemaUrl());
		}
		return builder.build();
	}

	private List<EventData> events(List<EventData> events) {
		List<EventData> guarded = null;
		for (int i = 0; i < events.size(); i++) {
			EventData event = events.get(i);
			EventData masked = event(event);
			if (masked != event) {
				guarded = (guarded != null) ? guarded : new ArrayList<>(events);
				guarded.set(i, masked);
			}
		}
		return (guarded != null) ? guarded : events;
	}

	private EventData event(EventData event) {
		String name = this.attributes.text(event.getName());
		Attributes guarded = this.attributes.guard(event.getAttributes());
		if (name.equals(event.getName()) && guarded == event.getAttributes()) {
			return event;
		}
		return EventData.create(event.getEpochNanos(), name, guarded, event.getTotalAttributeCount());
	}

	private List<LinkData> links(List<LinkData> links) {
		List<LinkData> guarded = null;
		for (int i = 0; i < links.size(); i++) {
			LinkData link = links.get(i);
			SpanContext context = context(link.getSpanContext());
			Attributes attributes = this.attributes.guard(link.getAttributes());
			if (context != link.getSpanContext() || attributes != link.getAttributes()) {
				guarded = (guarded != null) ? guarded : new ArrayList<>(links);
				guarded.set(i, LinkData.create(context, attributes, link.getTotalAttributeCount()));
			}
		}
		return (guarded != null) ? guarded : links;
	}

	private StatusData status(StatusData status) {
		String description = this.attributes.text(status.getDescription());
		return description.equals(status.getDescription()) ? status
				: StatusData.create(status.getStatusCode(), description);
	}

	/**
	 * A member of {@code tracestate} has no room for a mask, so it is left out.
	 */
	private SpanContext context(SpanContext context) {
		TraceState state = context.getTraceState();
		if (state.isEmpty()) {
			return context;
		}
		List<String> secret = new ArrayList<>();
		state.forEach((key, value) -> {
			if (!this.attributes.text(value).equals(value)) {
				secret.add(key);
			}
		});
		if (secret.isEmpty()) {
			return context;
		}
		TraceStateBuilder guarded = state.toBuilder();
		secret.forEach(guarded::remove);
		return with(context, guarded.build());
	}

	static SpanContext withoutState(SpanContext context) {
		return with(context, TraceState.getDefault());
	}

	private static SpanContext with(SpanContext context, TraceState state) {
		return context.isRemote()
				? SpanContext.createFromRemoteParent(context.getTraceId(), context.getSpanId(), context.getTraceFlags(),
						state)
				: SpanContext.create(context.getTraceId(), context.getSpanId(), context.getTraceFlags(), state);
	}

}
