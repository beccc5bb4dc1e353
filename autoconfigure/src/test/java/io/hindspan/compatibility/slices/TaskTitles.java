package io.hindspan.compatibility.slices;

import org.springframework.stereotype.Service;

/**
 * A service that no slice of the web has.
 */
@Service
class TaskTitles {

	String title(String id) {
		return "Task " + id;
	}

}
