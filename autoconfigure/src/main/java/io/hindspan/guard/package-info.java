/**
 * What keeps secrets and personal data in the process, and names of spans few: the guard
 * that finished spans pass before they go anywhere.
 */
@NullMarked
package io.hindspan.guard;

import org.jspecify.annotations.NullMarked;
