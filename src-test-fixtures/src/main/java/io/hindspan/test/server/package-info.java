/**
 * Real servers on loopback for tests and samples, without containers: their libraries are
 * optional dependencies of this module and to be added where they are used. The system
 * property {@code hindspan.test.servers=external} makes every {@code shared()} server
 * except Kafka the one that runs on its standard port of this machine.
 * <p>
 * Servers that run in this process are kept at WARN where Logback writes the log, unless
 * their loggers have a level already. An application that configures its log later should
 * itself hold {@code kafka}, {@code org.apache.kafka}, {@code state.change.logger},
 * {@code org.apache.qpid} and {@code io.zonky.test} there.
 */
@NullMarked
package io.hindspan.test.server;

import org.jspecify.annotations.NullMarked;
