package io.hindspan.sample.launcher;

/** What to call. */
final class Examples {

	private Examples() {
	}

	static String of(String api) {
		return """

				Create a task, and see its trace here:

				  curl -X POST %1$s/api/v1/tasks -H 'Content-Type: application/json' \\
				    -d '{"projectId": 1, "title": "Write the report"}'

				More to try:

				  curl %1$s/api/v1/tasks?projectId=1
				  curl %1$s/api/v1/tasks/slow
				  curl %1$s/api/v1/tasks/failing
				  curl -X DELETE -H 'X-User: guest' %1$s/api/v1/tasks/00000000-0000-0000-0000-000000000000
				  curl -X POST %1$s/api/v1/tasks/import -H 'Content-Type: application/json' \\
				    -d '[{"projectId": 1, "title": "One"}, {"projectId": 2, "title": "Two"}, {"projectId": 3, "title": "No project"}]'

				Ctrl-C stops everything.
				"""
			.formatted(api);
	}

}
