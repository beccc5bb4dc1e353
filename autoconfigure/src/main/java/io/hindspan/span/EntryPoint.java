package io.hindspan.span;

import org.jspecify.annotations.Nullable;

/**
 * Where a request entered the service.
 *
 * @param route the template of its path, or {@code null} if it has none
 * @param controller the simple name of the class that answers it, or {@code null} if it
 * is not known
 */
public record EntryPoint(@Nullable String route, @Nullable String controller) {

}
