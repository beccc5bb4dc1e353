/**
 * Records sent and processed by Spring for Apache Kafka: one PRODUCER span for each send,
 * one CONSUMER span for each processing, with the context in the headers.
 */
@NullMarked
package io.hindspan.kafka;

import org.jspecify.annotations.NullMarked;
