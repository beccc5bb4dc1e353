package io.hindspan.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.StreamSupport;

import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.mock.MockProducerFactory;
import org.springframework.kafka.support.SendResult;
import org.springframework.kafka.support.micrometer.KafkaRecordSenderContext;
import org.springframework.kafka.support.micrometer.KafkaTemplateObservationConvention;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;

import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the span of a send, with a producer that answers when it is told to.
 */
class KafkaTemplateTracingTests {

	private static final String TRACEPARENT = "traceparent";

	private static OtlpReceiver receiver;

	private static ConfigurableApplicationContext springBoots;

	private final ReusableProducer producer = new ReusableProducer(true);

	private ConfigurableApplicationContext context = springBoots;

	private KafkaTemplate<String, String> template;

	@BeforeAll
	static void startAll() {
		receiver = OtlpReceiver.start();
		springBoots = TracedApplication.start(receiver, WebApplicationType.NONE, OwnProducer.class);
	}

	@AfterAll
	static void stopAll() {
		springBoots.close();
		receiver.close();
	}

	@BeforeEach
	void prepare() {
		receiver.reset();
		OwnProducer.PRODUCER.set(this.producer);
		this.template = template();
	}

	@AfterEach
	void stop() {
		if (this.context != springBoots) {
			this.context.close();
		}
	}

	private void start(Class<?> source, String... args) {
		this.context = TracedApplication.start(receiver, WebApplicationType.NONE, source, args);
		this.template = template();
	}

	@SuppressWarnings("unchecked")
	private KafkaTemplate<String, String> template() {
		return this.context.getBean(KafkaTemplate.class);
	}

	@Test
	void sendOfSpringBootsTemplateIsAProducerSpan() {
		this.template.send("tasks.created", "key-4711", "secret");
		RecordedSpan span = span();
		assertThat(span).hasName("tasks.created publish")
			.hasKind(SpanKind.PRODUCER)
			.hasStatus(StatusCode.UNSET)
			.hasScope("io.hindspan.kafka")
			.hasNoEvents()
			.hasOnlyAttributes(Map.of("messaging.system", "kafka", "messaging.destination.name", "tasks.created",
					"messaging.operation.type", "send", "messaging.operation.name", "publish"));
		assertThat(headers(TRACEPARENT)).singleElement()
			.asString()
			.matches("00-" + span.traceId() + "-" + span.spanId() + "-0[13]");
	}

	@Test
	void namesFollowTheApplicationsChoice() {
		start(OwnProducer.class, "--hindspan.span.attribute-names=both");
		this.template.send("tasks.created", 0, "key", null);
		assertThat(span())
			.hasOnlyAttributes(Map.of("messaging.system", "kafka", "messaging.destination.name", "tasks.created",
					"messaging.destination", "tasks.created", "messaging.operation.type", "send", "messaging.operation",
					"publish", "messaging.operation.name", "publish", "messaging.destination.partition.id", "0",
					"messaging.kafka.partition", "0", "messaging.kafka.message.tombstone", true));
	}

	@Test
	void spanEndsWithTheBrokersAnswer() {
		ReusableProducer slow = new ReusableProducer(false);
		OwnProducer.PRODUCER.set(slow);
		CompletableFuture<SendResult<String, String>> result = this.template.send("tasks.created", "value");
		Observation.createNotStarted("something.else", this.context.getBean(ObservationRegistry.class)).observe(() -> {
		});
		receiver.awaitTrace((trace) -> trace.spans().stream().anyMatch((s) -> s.name().equals("something.else")));
		assertThat(receiver.spans()).extracting(RecordedSpan::name).doesNotContain("tasks.created publish");
		slow.completeNext();
		assertThat(result).isCompleted();
		RecordedSpan span = receiver
			.awaitTrace((trace) -> trace.spans().stream().anyMatch((s) -> s.name().equals("tasks.created publish")))
			.span("tasks.created publish");
		assertThat(span).hasStatus(StatusCode.UNSET);
	}

	@Test
	void failureOfTheBrokerIsAnErrorToldOnce() {
		ReusableProducer slow = new ReusableProducer(false);
		OwnProducer.PRODUCER.set(slow);
		CompletableFuture<SendResult<String, String>> result = this.template.send("tasks.created", "value");
		slow.errorNext(new RecordTooLargeException("too large"));
		assertThat(result).isCompletedExceptionally();
		assertThat(span()).hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", RecordTooLargeException.class.getName())
			.hasException(RecordTooLargeException.class)
			.satisfies((span) -> assertThat(span.events()).hasSize(1));
	}

	@Test
	void failureBeforeTheBrokerIsAnErrorToldOnce() {
		this.producer.sendException = new IllegalStateException("buffer exhausted");
		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> this.template.send("tasks.created", "value"))
			.withMessage("buffer exhausted");
		assertThat(span()).hasStatus(StatusCode.ERROR)
			.hasStatusMessage("buffer exhausted")
			.hasException(IllegalStateException.class)
			.satisfies((span) -> assertThat(span.events()).hasSize(1));
	}

	@Test
	void forwardedRecordHasOneContext() {
		ProducerRecord<String, String> record = new ProducerRecord<>("tasks.forwarded", "value");
		for (int i = 0; i < 2; i++) {
			record.headers()
				.add(TRACEPARENT, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".getBytes())
				.add("tracestate", "stale=1".getBytes());
		}
		record.headers().add("business", "kept".getBytes());
		this.template.send(record);
		RecordedSpan span = span();
		assertThat(headers(TRACEPARENT)).singleElement()
			.asString()
			.matches("00-" + span.traceId() + "-" + span.spanId() + "-0[13]");
		assertThat(headers("tracestate")).containsExactly("ot=th:0");
		assertThat(headers("business")).containsExactly("kept");
	}

	@Test
	void stateOfTheTraceTravels() {
		ProducerRecord<String, String> record = new ProducerRecord<>("tasks.forwarded", "value");
		record.headers().add("tracestate", "stale=1".getBytes());
		SpanContext remote = SpanContext.createFromRemoteParent("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331",
				TraceFlags.getSampled(), TraceState.builder().put("vendor", "fresh").build());
		try (Scope scope = Context.root().with(Span.wrap(remote)).makeCurrent()) {
			this.template.send(record);
		}
		assertThat(span().traceId()).isEqualTo(remote.getTraceId());
		assertThat(headers("tracestate")).containsExactly("vendor=fresh");
	}

	@Test
	void recordIsSentAgainAfterItsHeadersAreClosed() {
		ProducerRecord<String, String> record = new ProducerRecord<>("tasks.created", "value");
		this.template.send(record);
		RecordedSpan first = span();
		// As the producer does with every record that it accepts
		((RecordHeaders) record.headers()).setReadOnly();
		receiver.reset();
		assertThat(this.template.send(record)).isCompleted();
		assertThat(span()).hasName("tasks.created publish").hasStatus(StatusCode.UNSET);
		assertThat(this.producer.history()).hasSize(2);
		assertThat(headers(TRACEPARENT)).singleElement()
			.asString()
			.startsWith("00-" + first.traceId() + "-" + first.spanId());
	}

	@Test
	void unsampledTraceIsPassedOnAsSuch() {
		start(OwnProducer.class, "--management.tracing.sampling.probability=0",
				"--hindspan.sampling.tail.enabled=false");
		this.template.send("tasks.created", "root");
		assertThat(headers(TRACEPARENT)).singleElement().asString().matches(".*-0[02]");
		this.producer.clear();
		Observation.createNotStarted("parent", this.context.getBean(ObservationRegistry.class)).observe(() -> {
			String traceId = Span.current().getSpanContext().getTraceId();
			this.template.send("tasks.created", "child");
			assertThat(headers(TRACEPARENT)).singleElement().asString().matches("00-" + traceId + ".*-0[02]");
		});
		assertThat(receiver.spans()).isEmpty();
	}

	@Test
	void samplerSeesTheDestination() {
		start(WithSampler.class);
		this.template.send("tasks.created", "value");
		span();
		assertThat(WithSampler.SEEN).containsExactly("tasks.created publish PRODUCER kafka tasks.created");
	}

	@Test
	void keepsTheApplicationsConventionAndItsName() {
		start(WithConvention.class);
		this.template.send("tasks.created", "value");
		assertThat(span()).hasName("announce a task")
			.hasKind(SpanKind.PRODUCER)
			.hasAttribute("tenant", "acme")
			.hasAttribute("messaging.destination.name", "tasks.created");
	}

	@Test
	void keepsTheApplicationsRegistry() {
		start(WithRegistry.class);
		this.template.send("tasks.created", "value");
		assertThat(WithRegistry.OBSERVED).containsExactly("spring.kafka.template");
		assertThat(this.producer.history()).hasSize(1);
		assertThat(headers(TRACEPARENT)).isEmpty();
	}

	@Test
	void reachesALazyTemplate() {
		start(LazyTemplate.class, "--spring.main.lazy-initialization=true");
		this.template.send("tasks.created", "value");
		assertThat(span()).hasName("tasks.created publish");
	}

	@Test
	void respectsSpringBootsProperty() {
		start(OwnProducer.class, "--spring.kafka.template.observation-enabled=false");
		this.template.send("tasks.created", "value");
		assertThat(headers(TRACEPARENT)).isEmpty();
	}

	private RecordedSpan span() {
		return receiver.awaitTrace((trace) -> true).spans().get(0);
	}

	private List<String> headers(String name) {
		List<ProducerRecord<String, String>> history = this.producer.history();
		Iterable<Header> headers = history.get(history.size() - 1).headers().headers(name);
		return StreamSupport.stream(headers.spliterator(), false)
			.map((header) -> new String(header.value(), StandardCharsets.UTF_8))
			.toList();
	}

	/**
	 * A producer that outlives the template's use of it.
	 */
	private static final class ReusableProducer extends MockProducer<String, String> {

		ReusableProducer(boolean answersAtOnce) {
			super(answersAtOnce, new RoundRobinPartitioner(), new StringSerializer(), new StringSerializer());
		}

		@Override
		public void close(Duration timeout) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class OwnProducer {

		static final AtomicReference<ReusableProducer> PRODUCER = new AtomicReference<>();

		@Bean
		ProducerFactory<?, ?> producerFactory() {
			return new MockProducerFactory<>(PRODUCER::get);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class WithSampler extends OwnProducer {

		static final List<String> SEEN = new CopyOnWriteArrayList<>();

		@Bean
		Sampler sampler() {
			SEEN.clear();
			return new Sampler() {

				@Override
				public SamplingResult shouldSample(Context parentContext, String traceId, String name,
						SpanKind spanKind, Attributes attributes, List<LinkData> parentLinks) {
					SEEN.add(name + " " + spanKind + " " + attributes.get(AttributeKey.stringKey("messaging.system"))
							+ " " + attributes.get(AttributeKey.stringKey("messaging.destination.name")));
					return SamplingResult.recordAndSample();
				}

				@Override
				public String getDescription() {
					return "recording";
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class WithConvention extends OwnProducer {

		@Bean
		KafkaTemplate<String, String> ownTemplate() {
			KafkaTemplate<String, String> template = new KafkaTemplate<>(new MockProducerFactory<>(PRODUCER::get));
			template.setObservationConvention(new KafkaTemplateObservationConvention() {

				@Override
				public KeyValues getLowCardinalityKeyValues(KafkaRecordSenderContext context) {
					return KeyValues.of("tenant", "acme");
				}

				@Override
				public String getContextualName(KafkaRecordSenderContext context) {
					return "announce a task";
				}

			});
			return template;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class WithRegistry extends OwnProducer {

		static final List<String> OBSERVED = new ArrayList<>();

		@Bean
		KafkaTemplate<String, String> ownTemplate() {
			OBSERVED.clear();
			ObservationRegistry registry = ObservationRegistry.create();
			registry.observationConfig().observationHandler(new ObservationHandler<>() {

				@Override
				public void onStop(Observation.Context context) {
					OBSERVED.add(context.getName());
				}

				@Override
				public boolean supportsContext(Observation.Context context) {
					return true;
				}

			});
			KafkaTemplate<String, String> template = new KafkaTemplate<>(new MockProducerFactory<>(PRODUCER::get));
			template.setObservationRegistry(registry);
			return template;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LazyTemplate extends OwnProducer {

		@Bean
		@Lazy
		KafkaTemplate<String, String> ownTemplate() {
			return new KafkaTemplate<>(new MockProducerFactory<>(PRODUCER::get));
		}

	}

}
