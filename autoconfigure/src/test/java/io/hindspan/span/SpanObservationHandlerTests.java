package io.hindspan.span;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.observation.transport.SenderContext;
import io.micrometer.tracing.BaggageInScope;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.exporter.SpanExportingPredicate;
import io.micrometer.tracing.exporter.SpanFilter;
import io.micrometer.tracing.exporter.SpanReporter;
import io.micrometer.tracing.handler.TracingObservationHandler;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

/**
 * Tests for the way from an observation to an exported span.
 */
class SpanObservationHandlerTests {

	private final OtlpReceiver receiver = OtlpReceiver.start();

	private ConfigurableApplicationContext context;

	private ObservationRegistry registry;

	@BeforeEach
	void start() {
		start(Empty.class);
	}

	private void start(Class<?> source, String... args) {
		close();
		this.context = TracedApplication.start(this.receiver, WebApplicationType.NONE, source, args);
		this.registry = this.context.getBean(ObservationRegistry.class);
	}

	@AfterEach
	void stop() {
		close();
		this.receiver.close();
	}

	private void close() {
		if (this.context != null) {
			this.context.close();
		}
	}

	@Test
	void observationsBecomeATree() {
		Observation.createNotStarted("task.create", this.registry)
			.contextualName("CreateTask")
			.lowCardinalityKeyValue("task.kind", "bug")
			.highCardinalityKeyValue("task.id", "17")
			.observe(() -> Observation.createNotStarted("task.validate", this.registry).observe(() -> {
			}));
		RecordedTrace trace = trace(2);
		assertThat(trace).matchesTree(span("CreateTask", SpanKind.INTERNAL).attribute("task.kind", "bug")
			.attribute("task.id", "17")
			.status(StatusCode.UNSET)
			.with(span("task.validate", SpanKind.INTERNAL).status(StatusCode.UNSET)));
		assertThat(trace).root().hasScope("io.hindspan").hasResourceAttribute("service.name", "tasks");
	}

	@Test
	void oneServicesSpansShareOneResource() {
		for (int i = 0; i < 100; i++) {
			Observation.createNotStarted("task", this.registry).observe(() -> {
			});
		}
		this.receiver.awaitSpans(100);
		assertThat(this.receiver.requests()).allSatisfy((request) -> assertThat(request.resourceSpans()).hasSize(1));
	}

	@Test
	void anySenderAndReceiverIsPropagatedWithItsKind() {
		Map<String, String> headers = new HashMap<>();
		SenderContext<Map<String, String>> sender = new SenderContext<>(
				(carrier, key, value) -> carrier.put(key, value), Kind.PRODUCER);
		sender.setCarrier(headers);
		sender.setRemoteServiceName("queue");
		sender.setRemoteServiceAddress("http://queue.example:9999");
		Observation.createNotStarted("job.send", () -> sender, this.registry).observe(() -> {
		});
		assertThat(headers).containsKey("traceparent");
		ReceiverContext<Map<String, String>> receiverContext = new ReceiverContext<>((carrier, key) -> carrier.get(key),
				Kind.CONSUMER);
		receiverContext.setCarrier(headers);
		Observation.createNotStarted("job.process", () -> receiverContext, this.registry).observe(() -> {
		});
		assertThat(trace(2)).matchesTree(span("job.send", SpanKind.PRODUCER).attribute("peer.service", "queue")
			.attribute("server.address", "queue.example")
			.attribute("server.port", 9999L)
			.with(span("job.process", SpanKind.CONSUMER)));
	}

	@Test
	void exceptionIsToldOnceWhereItHappened() {
		assertThat(CompletableFuture.runAsync(() -> {
		})).isNotNull();
		try {
			Observation.createNotStarted("outer", this.registry)
				.observe(() -> Observation.createNotStarted("middle", this.registry).observe(() -> {
					try {
						Observation.createNotStarted("inner", this.registry).observe(() -> {
							throw new IllegalStateException("broken");
						});
					}
					catch (IllegalStateException ex) {
						throw new UnsupportedOperationException("wrapped", ex);
					}
				}));
		}
		catch (UnsupportedOperationException ex) {
			// What the application sees is unchanged
		}
		RecordedTrace trace = trace(3);
		assertThat(trace).span("inner")
			.hasStatus(StatusCode.ERROR)
			.hasStatusMessage("broken")
			.hasAttribute("error.type", IllegalStateException.class.getName())
			.hasException(IllegalStateException.class);
		assertThat(trace).span("middle")
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", UnsupportedOperationException.class.getName())
			.hasNoEvents();
		assertThat(trace).span("outer").hasStatus(StatusCode.ERROR).hasNoEvents();
	}

	@Test
	void expectedErrorHasNoStackTrace() {
		start(Empty.class, "--hindspan.span.expected-errors.not_found=" + TaskNotFound.class.getName());
		Observation observation = Observation.start("find", this.registry);
		observation.error(new TaskNotFound());
		observation.stop();
		assertThat(trace(1)).root()
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", TaskNotFound.class.getName())
			.hasAttribute("hindspan.error.category", "not_found")
			.hasNoEvents();
	}

	@Test
	void keyValueNamedErrorIsAnErrorOnlyIfItSaysSo() {
		Observation.createNotStarted("fine", this.registry).lowCardinalityKeyValue("error", "none").observe(() -> {
		});
		Observation.createNotStarted("bad", this.registry).lowCardinalityKeyValue("error", "timeout").observe(() -> {
		});
		this.receiver.awaitSpans(2);
		assertThat(this.receiver.awaitSpan((span) -> span.name().equals("fine"))).hasStatus(StatusCode.UNSET)
			.hasNoAttribute("error", "error.type")
			.hasNoEvents();
		assertThat(this.receiver.awaitSpan((span) -> span.name().equals("bad"))).hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", "timeout");
	}

	@Test
	void eventsAreKept() {
		Observation observation = Observation.start("task", this.registry);
		observation.event(Observation.Event.of("stored", "task stored"));
		observation.stop();
		assertThat(trace(1)).root().hasEvent("task stored");
	}

	@Test
	void spansOfTracersAndObservationsAreOneTree() {
		Tracer tracer = this.context.getBean(Tracer.class);
		io.opentelemetry.api.trace.Tracer otelTracer = this.context.getBean(OpenTelemetry.class).getTracer("own");
		Observation.createNotStarted("observed", this.registry).observe(() -> {
			Span span = tracer.nextSpan().name("micrometer").start();
			try (Tracer.SpanInScope scope = tracer.withSpan(span)) {
				io.opentelemetry.api.trace.Span otelSpan = otelTracer.spanBuilder("otel").startSpan();
				try (io.opentelemetry.context.Scope otelScope = otelSpan.makeCurrent()) {
					Observation.createNotStarted("inner", this.registry).observe(() -> {
					});
				}
				otelSpan.end();
			}
			span.end();
		});
		assertThat(trace(4))
			.matchesTree(span("observed").with(span("micrometer").with(span("otel").with(span("inner")))));
	}

	@Test
	void observationThatNamesItsParentGetsIt() {
		Observation parent = Observation.start("parent", this.registry);
		Observation other = Observation.start("other", this.registry);
		try (Observation.Scope scope = other.openScope()) {
			Observation.createNotStarted("child", this.registry).parentObservation(parent).observe(() -> {
			});
		}
		other.stop();
		parent.stop();
		this.receiver.awaitSpans(3);
		assertThat(this.receiver.awaitTrace((trace) -> trace.spans("parent").size() == 1 && trace.spans().size() == 2))
			.matchesTree(span("parent").with(span("child")));
	}

	@Test
	void parentThatIsNamedGoesBeforeACurrentSpanAboveIt() {
		Observation.createNotStarted("request", this.registry).observe(() -> {
			Observation operation = Observation.start("operation", this.registry);
			Observation field = Observation.createNotStarted("field", this.registry)
				.parentObservation(operation)
				.start();
			Observation.createNotStarted("part", this.registry).parentObservation(field).observe(() -> {
			});
			field.stop();
			operation.stop();
		});
		assertThat(trace(4))
			.matchesTree(span("request").with(span("operation").with(span("field").with(span("part")))));
	}

	@Test
	void scopesOpenAndCloseOnManyThreads() {
		Executor executor = Runnable::run;
		Observation observation = Observation.start("task", this.registry);
		CompletableFuture<?>[] futures = new CompletableFuture<?>[8];
		for (int i = 0; i < futures.length; i++) {
			futures[i] = CompletableFuture.runAsync(() -> {
				try (Observation.Scope outer = observation.openScope();
						Observation.Scope again = observation.openScope()) {
					Observation.createNotStarted("part", this.registry).observe(() -> {
					});
				}
				assertThat(Context.current()).isSameAs(Context.root());
				assertThat(this.registry.getCurrentObservation()).isNull();
			}).thenRunAsync(() -> {
			}, executor);
		}
		CompletableFuture.allOf(futures).join();
		observation.stop();
		assertThat(trace(9)).matchesTree(span("task").with(span("part"), span("part"), span("part"), span("part"),
				span("part"), span("part"), span("part"), span("part")));
	}

	@Test
	void logsCarryTheIds() {
		Observation.createNotStarted("task", this.registry).observe(() -> {
			String traceId = io.opentelemetry.api.trace.Span.current().getSpanContext().getTraceId();
			assertThat(MDC.getCopyOfContextMap()).contains(entry("traceId", traceId));
		});
		assertThat(MDC.get("traceId")).isNull();
	}

	@Test
	void unsampledChildrenShareTheirParentsSpan() {
		start(Empty.class, "--management.tracing.sampling.probability=0", "--hindspan.sampling.tail.enabled=false");
		Tracer tracer = this.context.getBean(Tracer.class);
		Map<String, String> headers = new HashMap<>();
		SenderContext<Map<String, String>> sender = new SenderContext<>(
				(carrier, key, value) -> carrier.put(key, value), Kind.CLIENT);
		sender.setCarrier(headers);
		Observation.createNotStarted("outer", this.registry).observe(() -> {
			io.opentelemetry.api.trace.Span outer = io.opentelemetry.api.trace.Span.current();
			assertThat(outer.getSpanContext().isValid()).isTrue();
			assertThat(outer.getSpanContext().isSampled()).isFalse();
			Observation.createNotStarted("inner", () -> sender, this.registry).observe(() -> {
				assertThat(io.opentelemetry.api.trace.Span.current()).isSameAs(outer);
				assertThat(tracer.currentSpan()).isNotNull();
			});
			assertThat(headers.get("traceparent")).contains(outer.getSpanContext().getTraceId()).matches(".*-0[02]");
		});
		assertThat(Context.current()).isSameAs(Context.root());
	}

	@Test
	void unsampledCallerIsFollowedUnderAnIdOfItsOwn() {
		Map<String, String> headers = Map.of("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00");
		ReceiverContext<Map<String, String>> receiverContext = new ReceiverContext<>((carrier, key) -> carrier.get(key),
				Kind.SERVER);
		receiverContext.setCarrier(headers);
		Observation.createNotStarted("request", () -> receiverContext, this.registry).observe(() -> {
			SpanContext spanContext = io.opentelemetry.api.trace.Span.current().getSpanContext();
			assertThat(spanContext.getTraceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
			assertThat(spanContext.getSpanId()).isNotEqualTo("b7ad6b7169203331").isNotEqualTo(SpanId.getInvalid());
			assertThat(spanContext.isSampled()).isFalse();
			assertThat(spanContext.isRemote()).isFalse();
		});
	}

	@Test
	void messageIsNotOfTheTraceThatItsThreadWasLeftIn() {
		ReceiverContext<Map<String, String>> message = new ReceiverContext<>((carrier, key) -> carrier.get(key),
				Kind.CONSUMER);
		message.setCarrier(Map.of());
		Observation left = Observation.start("left", this.registry);
		try (Observation.Scope scope = left.openScope()) {
			Observation.createNotStarted("message", () -> message, this.registry).observe(() -> {
			});
		}
		left.stop();
		assertThat(this.receiver.awaitSpan((span) -> span.name().equals("message"))).isRoot();
	}

	@Test
	void samplerThatKeepsChildrenOfDroppedParentsIsAsked() {
		start(Empty.class, "--management.opentelemetry.tracing.sampler=always-on");
		Map<String, String> headers = Map.of("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00");
		ReceiverContext<Map<String, String>> receiverContext = new ReceiverContext<>((carrier, key) -> carrier.get(key),
				Kind.SERVER);
		receiverContext.setCarrier(headers);
		Observation.createNotStarted("request", () -> receiverContext, this.registry).observe(() -> {
		});
		assertThat(this.receiver.awaitSpans(1).get(0).traceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
	}

	@Test
	void chosenBaggageIsOnEverySpanOfItsHop() {
		start(Empty.class, "--management.tracing.baggage.tag-fields=tenant,plan");
		ReceiverContext<Map<String, String>> message = new ReceiverContext<>((carrier, key) -> carrier.get(key),
				Kind.CONSUMER);
		message.setCarrier(Map.of("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "baggage",
				"tenant=acme,user=ada"));
		Observation.createNotStarted("message", () -> message, this.registry)
			.observe(() -> Observation.createNotStarted("child", this.registry)
				.observe(() -> this.context.getBean(io.opentelemetry.api.OpenTelemetry.class)
					.getTracer("own")
					.spanBuilder("by hand")
					.startSpan()
					.end()));
		assertThat(trace(3).spans()).allSatisfy((
				span) -> assertThat(span).hasAttribute("tenant", "acme").hasNoAttribute("plan").hasNoAttribute("user"));
	}

	@Test
	void baggageReachesChildrenAndLogs() {
		start(Empty.class, "--management.tracing.baggage.remote-fields=tenant",
				"--management.tracing.baggage.correlation.fields=tenant");
		Tracer tracer = this.context.getBean(Tracer.class);
		Map<String, String> headers = new HashMap<>();
		SenderContext<Map<String, String>> sender = new SenderContext<>(
				(carrier, key, value) -> carrier.put(key, value), Kind.CLIENT);
		sender.setCarrier(headers);
		Observation.createNotStarted("outer", this.registry).observe(() -> {
			try (BaggageInScope baggage = tracer.createBaggageInScope("tenant", "acme")) {
				assertThat(MDC.get("tenant")).isEqualTo("acme");
				Observation.createNotStarted("call", () -> sender, this.registry).observe(() -> {
				});
			}
		});
		assertThat(headers).containsEntry("tenant", "acme");
		assertThat(trace(2)).matchesTree(span("outer").with(span("call")));
		assertThat(MDC.get("tenant")).isNull();
	}

	@Test
	void handlerOfTheApplicationWinsForItsContexts() {
		start(OwnHandler.class);
		Observation.createNotStarted("own", OwnContext::new, this.registry).observe(() -> {
			Observation.createNotStarted("child", this.registry).observe(() -> {
			});
		});
		assertThat(trace(2)).matchesTree(span("made by the application").with(span("child")));
	}

	@Test
	void springBootsHandlersAreNeverReached() {
		assertThat(this.context.getBeansOfType(TracingObservationHandler.class)).hasSizeGreaterThan(1);
		Observation observation = Observation.start("task", this.registry);
		observation.stop();
		assertThat(trace(1)).root().hasStatus(StatusCode.UNSET);
	}

	@Test
	void predicatesFiltersAndReportersOfMicrometerWork() {
		start(MicrometerExport.class);
		for (String name : List.of("keep", "drop")) {
			Observation.createNotStarted(name, this.registry).observe(() -> {
			});
		}
		RecordedTrace trace = trace(1);
		assertThat(trace).root().hasName("keep").hasAttribute("filtered", "yes");
		assertThat(this.context.getBean(MicrometerExport.class).reported).containsExactly("keep");
	}

	@Test
	void conventionOfTheApplicationNamesItsSpans() {
		start(OwnConvention.class, "--hindspan.span.attribute-names=both");
		Observation.createNotStarted("own", OwnContext::new, this.registry).observe(() -> {
		});
		assertThat(trace(1)).root()
			.hasName("named at the end")
			.hasKind(SpanKind.CLIENT)
			.hasScope("own")
			.hasAttribute("new.name", "value")
			.hasAttribute("old.name", "value")
			.hasAttribute("count", 3L);
	}

	@Test
	void faultOfAConventionStaysOutOfTheApplication() {
		start(FailingConvention.class);
		AtomicBoolean ran = new AtomicBoolean();
		Observation.createNotStarted("outer", this.registry)
			.observe(() -> Observation.createNotStarted("own", OwnContext::new, this.registry)
				.observe(() -> Observation.createNotStarted("inner", this.registry).observe(() -> ran.set(true))));
		assertThat(ran).isTrue();
		assertThat(trace(2)).matchesTree(span("outer").with(span("inner")));
		assertThat(Context.current()).isSameAs(Context.root());
	}

	@Test
	void springBootMakesTheSpansWhenTurnedOff() {
		start(Empty.class, "--hindspan.span.enabled=false");
		Observation.createNotStarted("task", this.registry).observe(() -> {
		});
		assertThat(trace(1)).root().hasScope("org.springframework.boot").hasStatus(StatusCode.OK);
	}

	private RecordedTrace trace(int spans) {
		return this.receiver.awaitTrace((trace) -> trace.spans().size() >= spans);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Empty {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class OwnHandler {

		@Bean
		ObservationHandler<OwnContext> ownHandler(Tracer tracer) {
			return new TracingObservationHandler<>() {

				@Override
				public void onStart(OwnContext context) {
					getTracingContext(context).setSpan(tracer.nextSpan().name("made by the application").start());
				}

				@Override
				public void onStop(OwnContext context) {
					getRequiredSpan(context).end();
				}

				@Override
				public boolean supportsContext(Observation.Context context) {
					return context instanceof OwnContext;
				}

				@Override
				public Tracer getTracer() {
					return tracer;
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class MicrometerExport {

		final List<String> reported = new CopyOnWriteArrayList<>();

		@Bean
		SpanExportingPredicate predicate() {
			return (span) -> !span.getName().equals("drop");
		}

		@Bean
		SpanFilter filter() {
			return (span) -> span.setTags(Map.of("filtered", "yes"));
		}

		@Bean
		SpanReporter reporter() {
			return (span) -> this.reported.add(span.getName());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class OwnConvention {

		@Bean
		SpanConvention<OwnContext> convention() {
			return new SpanConvention<>() {

				private static final SemanticKey<String> NAME = SemanticKey.text("new.name", "old.name");

				private static final SemanticKey<Long> COUNT = SemanticKey.number("count");

				@Override
				public Class<OwnContext> contextType() {
					return OwnContext.class;
				}

				@Override
				public String instrumentationScope() {
					return "own";
				}

				@Override
				public SpanKind kind(OwnContext context) {
					return SpanKind.CLIENT;
				}

				@Override
				public String nameAtStart(OwnContext context) {
					return "named at the start";
				}

				@Override
				public void attributesAtStart(OwnContext context, SpanAttributes attributes) {
					attributes.put(NAME, "value");
				}

				@Override
				public String nameAtEnd(OwnContext context) {
					return "named at the end";
				}

				@Override
				public void attributesAtEnd(OwnContext context, SpanAttributes attributes) {
					attributes.put(COUNT, 3);
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class FailingConvention {

		@Bean
		SpanConvention<OwnContext> convention() {
			return new SpanConvention<>() {

				@Override
				public Class<OwnContext> contextType() {
					return OwnContext.class;
				}

				@Override
				public String instrumentationScope() {
					return "own";
				}

				@Override
				public SpanKind kind(OwnContext context) {
					return SpanKind.CLIENT;
				}

				@Override
				public String nameAtStart(OwnContext context) {
					throw new IllegalStateException("no name");
				}

				@Override
				public void attributesAtStart(OwnContext context, SpanAttributes attributes) {
				}

			};
		}

	}

	static class OwnContext extends Observation.Context {

	}

	static class TaskNotFound extends RuntimeException {

	}

}
