/**
 * SQL statements by R2DBC: one CLIENT span each, for every {@code ConnectionFactory}
 * bean.
 */
@NullMarked
package io.hindspan.r2dbc;

import org.jspecify.annotations.NullMarked;
