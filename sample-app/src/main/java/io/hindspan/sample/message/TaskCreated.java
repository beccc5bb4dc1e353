package io.hindspan.sample.message;

import java.util.List;
import java.util.UUID;

public record TaskCreated(UUID taskId, long projectId, List<String> recipients, String text) {

}
