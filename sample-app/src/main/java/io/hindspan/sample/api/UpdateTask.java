package io.hindspan.sample.api;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

record UpdateTask(@NotBlank @Size(max = 200) String title, @NotNull Task.Status status) {

}
