/**
 * SQL statements by R2DBC: one CLIENT span each, for every {@code ConnectionFactory}
 * bean. What a driver hands out is replaced by its interface of the SPI; the driver's own
 * class is reached by {@link io.r2dbc.spi.Wrapped#unwrap()}.
 */
@NullMarked
package io.hindspan.r2dbc;

import org.jspecify.annotations.NullMarked;
