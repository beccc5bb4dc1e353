/**
 * Where an observation becomes a span: one handler, the conventions that technologies
 * supply to it, and the rules for names, attributes and errors. Knows no technology.
 */
@NullMarked
package io.hindspan.span;

import org.jspecify.annotations.NullMarked;
