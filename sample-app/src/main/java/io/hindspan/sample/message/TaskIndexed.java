package io.hindspan.sample.message;

import java.util.UUID;

public record TaskIndexed(UUID taskId) {

}
