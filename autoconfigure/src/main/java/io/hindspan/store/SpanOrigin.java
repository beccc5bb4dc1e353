package io.hindspan.store;

import io.opentelemetry.api.common.Attributes;
import org.jspecify.annotations.Nullable;

/**
 * Whom spans come from. One instance is shared by all spans of a resource and scope.
 * Immutable.
 *
 * @param service the value of {@code service.name}; {@code unknown_service} where a
 * resource has none
 * @param scope the name of the instrumentation scope, empty for none
 * @param scopeVersion the version of the instrumentation scope, or {@code null}
 * @param resource the attributes of the resource
 */
public record SpanOrigin(String service, String scope, @Nullable String scopeVersion, Attributes resource) {

}
