package io.hindspan.sample.api;

import java.util.List;

record ImportResult(int created, List<String> failures) {

}
