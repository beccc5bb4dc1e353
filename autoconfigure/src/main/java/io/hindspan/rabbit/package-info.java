/**
 * Messages sent and processed by Spring AMQP on RabbitMQ: one PRODUCER span for each
 * send, one CONSUMER span for each delivery or batch, with the context in the headers.
 * Deliveries of the same message are told from each other.
 */
@NullMarked
package io.hindspan.rabbit;

import org.jspecify.annotations.NullMarked;
