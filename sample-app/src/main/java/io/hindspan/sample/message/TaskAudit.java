package io.hindspan.sample.message;

import java.time.Instant;
import java.util.UUID;

public record TaskAudit(UUID taskId, String user, String action, Instant happenedAt) {

}
