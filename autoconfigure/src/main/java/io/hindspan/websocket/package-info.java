/**
 * STOMP messages over WebSocket that the application handles and sends.
 */
@NullMarked
package io.hindspan.websocket;

import org.jspecify.annotations.NullMarked;
