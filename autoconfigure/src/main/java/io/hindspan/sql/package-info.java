/**
 * What a SQL text does and how it reads without its values. Shared by everything that
 * sends SQL; knows no technology.
 */
@NullMarked
package io.hindspan.sql;

import org.jspecify.annotations.NullMarked;
