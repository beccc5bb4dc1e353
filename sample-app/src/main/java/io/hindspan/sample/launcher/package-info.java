/**
 * What a real service does not have: servers for the roles to use, the three roles as
 * processes, and a receiver that prints the traces of all three as one tree.
 */
@NullMarked
package io.hindspan.sample.launcher;

import org.jspecify.annotations.NullMarked;
