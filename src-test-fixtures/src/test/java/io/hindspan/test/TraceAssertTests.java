package io.hindspan.test;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TraceAssertTests {

	private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

	private final RecordedSpan server = recorded("1", null, "POST /tasks", SpanKind.SERVER, "api", Map.of());

	private final RecordedSpan useCase = recorded("2", "1", "CreateTaskUseCase.execute", SpanKind.INTERNAL, "api",
			Map.of());

	private final RecordedSpan select = recorded("3", "2", "SELECT tasks", SpanKind.CLIENT, "api",
			Map.of("db.response.returned_rows", 1L));

	private final RecordedSpan insert = recorded("4", "2", "INSERT tasks", SpanKind.CLIENT, "api",
			Map.of("db.system.name", "postgresql"));

	private final RecordedSpan process = recorded("5", "1", "tasks.created process", SpanKind.CONSUMER, "worker",
			Map.of());

	private final RecordedTrace trace = trace(this.process, this.insert, this.server, this.select, this.useCase);

	@Test
	void matchesATreeWithChildrenInAnyOrder() {
		assertThat(this.trace).hasSingleRoot()
			.hasSpanCount(5)
			.hasServices("worker", "api")
			.hasNoErrors()
			.hasNoSpanNamed("UPDATE tasks")
			.hasSpansNamed("SELECT tasks", "INSERT tasks", "tasks.created process", "POST /tasks",
					"CreateTaskUseCase.execute")
			.matchesTree(span("POST /tasks", SpanKind.SERVER).status(StatusCode.UNSET)
				.with(span("tasks.created process", SpanKind.CONSUMER).service("worker"),
						span("CreateTaskUseCase.execute", SpanKind.INTERNAL).with(
								span("INSERT tasks", SpanKind.CLIENT).attribute("db.system.name", "postgresql"),
								span("SELECT tasks", SpanKind.CLIENT).attribute("db.response.returned_rows", 1))));
	}

	@Test
	void failsWithTheDifferenceAndTheTree() {
		assertFails(
				(trace) -> assertThat(trace).matchesTree(span("POST /tasks", SpanKind.SERVER).with(
						span("tasks.created process").service("notifier"),
						span("CreateTaskUseCase.execute").with(span("INSERT tasks", SpanKind.CLIENT),
								span("SELECT tasks", SpanKind.PRODUCER).attribute("db.response.returned_rows", "1")))),
				"""
						Expecting the tree
						  POST /tasks SERVER
						  ├─ tasks.created process [notifier]
						  └─ CreateTaskUseCase.execute
						     ├─ INSERT tasks CLIENT
						     └─ SELECT tasks PRODUCER db.response.returned_rows="1"
						but
						  - POST /tasks > tasks.created process: expected service notifier but was worker
						  - POST /tasks > CreateTaskUseCase.execute > SELECT tasks: expected kind PRODUCER but was CLIENT
						  - POST /tasks > CreateTaskUseCase.execute > SELECT tasks: expected attribute db.response.returned_rows="1" but was 1
						in
						Trace 0af7651916cd43dd8448eb211c80319c, 5 spans, services [api, worker]
						POST /tasks SERVER [api] 1.500 ms
						├─ CreateTaskUseCase.execute INTERNAL [api] 1.500 ms
						│  ├─ SELECT tasks CLIENT [api] 1.500 ms db.response.returned_rows=1
						│  └─ INSERT tasks CLIENT [api] 1.500 ms db.system.name=postgresql
						└─ tasks.created process CONSUMER [worker] 1.500 ms""");
	}

	@Test
	void wantsTheExactChildrenUnlessToldOtherwise() {
		SpanExpectation useCase = span("CreateTaskUseCase.execute").containing(span("INSERT tasks"));
		assertFails((trace) -> assertThat(trace).matchesTree(span("POST /tasks").with(useCase)),
				"child tasks.created process CONSUMER [worker] 1.500 ms is not expected");
		assertThat(this.trace).matchesTree(span("POST /tasks").containing(useCase));
		assertFails(
				(trace) -> assertThat(trace)
					.matchesTree(span("POST /tasks").containing(useCase, span("tasks.deleted process"))),
				"POST /tasks: expected child tasks.deleted process is missing");
		assertFails((trace) -> assertThat(trace).matchesTree(span("POST /tasks")), "is not expected");
	}

	@Test
	void findsASubtree() {
		assertThat(this.trace)
			.containsTree(span("CreateTaskUseCase.execute").with(span("SELECT tasks"), span("INSERT tasks")).inOrder());
		assertFails((trace) -> assertThat(trace).containsTree(span("DeleteTaskUseCase.execute")),
				"no span is named \"DeleteTaskUseCase.execute\"");
		assertFails(
				(trace) -> assertThat(trace).containsTree(
						span("CreateTaskUseCase.execute").with(span("INSERT tasks"), span("SELECT tasks")).inOrder()),
				"expected child INSERT tasks to start before SELECT tasks");
	}

	@Test
	void givesEachExpectedChildASpanOfItsOwn() {
		RecordedSpan first = recorded("6", "1", "GET", SpanKind.CLIENT, "api", Map.of("a", 1L, "b", 1L));
		RecordedSpan second = recorded("7", "1", "GET", SpanKind.CLIENT, "api", Map.of("a", 1L));
		RecordedTrace trace = trace(this.server, first, second);
		assertThat(trace)
			.matchesTree(span("POST /tasks").with(span("GET").attribute("a", 1), span("GET").attribute("b", 1L)));
		assertThat(trace)
			.matchesTree(span("POST /tasks").with(span("GET").attribute("b", 1), span("GET").attribute("a", 1L)));
		assertThatThrownBy(() -> assertThat(trace)
			.matchesTree(span("POST /tasks").with(span("GET").attribute("b", 1), span("GET").attribute("b", 1L))))
			.hasMessageContaining("expected attribute b=1 but was absent");
	}

	@Test
	void tellsSplitTraces() {
		RecordedSpan orphan = recorded("6", "9", "GET", SpanKind.CLIENT, "api", Map.of());
		assertThatThrownBy(() -> assertThat(trace(this.server, orphan)).hasSingleRoot())
			.isInstanceOf(AssertionError.class)
			.hasMessageContaining("Expecting a single root but found [POST /tasks, GET]")
			.hasMessageContaining("GET CLIENT [api] 1.500 ms (parent 0000000000000009 was not received)");
		assertThat(trace(orphan)).isConnected();
		assertThatThrownBy(() -> assertThat(trace(orphan)).hasSingleRoot()).hasMessageContaining("without parent");
	}

	@Test
	void survivesSpansThatAreTheirOwnAncestor() {
		RecordedSpan one = recorded("6", "7", "one", SpanKind.INTERNAL, "api", Map.of());
		RecordedSpan other = recorded("7", "6", "other", SpanKind.INTERNAL, "api", Map.of());
		RecordedTrace trace = trace(this.server, one, other);
		assertThat(trace.toString()).contains("(its own ancestor) one INTERNAL", "└─ other INTERNAL");
		assertThatThrownBy(() -> assertThat(trace).hasSingleRoot()).hasMessageContaining("its own ancestor");
	}

	@Test
	void assertsASpanAndPrintsItsTrace() {
		SpanAssert select = assertThat(this.trace).span("SELECT tasks");
		select.hasKind(SpanKind.CLIENT)
			.hasStatus(StatusCode.UNSET)
			.hasAttribute("db.response.returned_rows", 1)
			.hasNoAttribute("db.system.name")
			.hasService("api")
			.hasNoEvents()
			.isChildOf(this.useCase);
		for (Consumer<SpanAssert> wrong : List.<Consumer<SpanAssert>>of((it) -> it.hasKind(SpanKind.SERVER),
				(it) -> it.hasName("x"), (it) -> it.hasStatus(StatusCode.OK),
				(it) -> it.hasAttribute("db.response.returned_rows", 1.0), (it) -> it.hasAttribute("x"),
				(it) -> it.hasNoAttribute("x", "db.response.returned_rows"), (it) -> it.hasEvent("exception"),
				(it) -> it.hasException(IllegalStateException.class), (it) -> it.hasService("x"),
				(it) -> it.hasResourceAttribute("x", 1), (it) -> it.hasScope("x"), SpanAssert::isRoot,
				(it) -> it.isChildOf(this.server), (it) -> it.hasLinkTo(this.server), (it) -> it.hasLinkCount(1),
				(it) -> it.hasStatusMessage("x"), (it) -> it.hasOnlyAttributes(Map.of()))) {
			assertThatThrownBy(() -> wrong.accept(select)).isInstanceOf(AssertionError.class)
				.hasMessageContaining("RecordedSpan[")
				.hasMessageContaining("└─ INSERT tasks CLIENT");
		}
	}

	@Test
	void assertsEventsAndLinks() {
		RecordedSpan failed = new RecordedSpan(TRACE, id("6"), null, "import", SpanKind.INTERNAL, StatusCode.ERROR,
				"boom", 0, 1, Map.of(),
				List.of(new RecordedSpan.Event("exception", 1,
						Map.of("exception.type", IllegalStateException.class.getName()))),
				List.of(new RecordedSpan.Link(TRACE, id("1"), Map.of(), "", 1)), Map.of(),
				new RecordedSpan.Scope("test", "", Map.of()), 1, "", new RecordedSpan.Dropped(0, 0, 0));
		assertThat(failed).hasEvent("exception")
			.hasException(IllegalStateException.class)
			.hasLinkTo(this.server)
			.hasLinkCount(1)
			.hasStatusMessage("boom")
			.isRoot()
			.hasOnlyAttributes(Map.of());
		assertThatThrownBy(() -> assertThat(failed).hasEvent("exception", Map.of("exception.type", "x")))
			.hasMessageContaining("Expecting an event exception with {exception.type=x}");
		assertThatThrownBy(() -> assertThat(trace(failed)).hasNoErrors())
			.hasMessageContaining("import INTERNAL 0.000 ms ERROR \"boom\" !java.lang.IllegalStateException links=1");
	}

	private void assertFails(Consumer<RecordedTrace> assertion, String message) {
		assertThatCode(() -> assertion.accept(this.trace)).isInstanceOf(AssertionError.class)
			.hasMessageContaining(message)
			.hasMessageContaining(this.trace.toString());
	}

	private static RecordedTrace trace(RecordedSpan... spans) {
		return RecordedTrace.of(TRACE, List.of(spans));
	}

	private static RecordedSpan recorded(String id, @Nullable String parent, String name, SpanKind kind, String service,
			Map<String, Object> attributes) {
		long start = 1000 * Long.parseLong(id);
		return new RecordedSpan(TRACE, id(id), (parent != null) ? id(parent) : null, name, kind, StatusCode.UNSET, "",
				start, start + 1_500_000, attributes, List.of(), List.of(), Map.of("service.name", service),
				new RecordedSpan.Scope("test", "", Map.of()), 1, "", new RecordedSpan.Dropped(0, 0, 0));
	}

	private static String id(String digit) {
		return "000000000000000" + digit;
	}

}
