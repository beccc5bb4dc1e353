/**
 * SQL statements: one CLIENT span each, for every {@code DataSource} bean.
 */
@NullMarked
package io.hindspan.jdbc;

import org.jspecify.annotations.NullMarked;
