/**
 * Cypher queries of the Neo4j driver: one CLIENT span each, without values.
 */
@NullMarked
package io.hindspan.neo4j;

import org.jspecify.annotations.NullMarked;
