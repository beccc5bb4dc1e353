/**
 * What a developer sees of recent traces: a page, the JSON behind it and an intake for
 * the traces of other services, in the application's own server. Harmless by
 * construction: open to the developer's own machine only, unless told otherwise.
 */
@NullMarked
package io.hindspan.explorer;

import org.jspecify.annotations.NullMarked;
