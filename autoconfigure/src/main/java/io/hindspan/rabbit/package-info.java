/**
 * Messages sent and processed by Spring AMQP on RabbitMQ: one PRODUCER span for each
 * send, one CONSUMER span for each delivery, with the context in the headers.
 */
@NullMarked
package io.hindspan.rabbit;

import org.jspecify.annotations.NullMarked;
