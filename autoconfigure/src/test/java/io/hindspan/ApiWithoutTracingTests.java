package io.hindspan;

import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.Span;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.amqp.core.Message;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

import io.hindspan.grpc.GrpcTracing;
import io.hindspan.httpclient.RestClientTracing;
import io.hindspan.httpclient.WebClientTracing;
import io.hindspan.kafka.KafkaBatchTracing;
import io.hindspan.outbox.OutboxTracing;
import io.hindspan.rabbit.RabbitBatchTracing;
import io.hindspan.s3.AwsClientTracing;
import io.hindspan.test.OtlpReceiver;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for applications that have the API injected and tracing turned off, all of it or
 * that of a technology.
 */
class ApiWithoutTracingTests {

	private final OtlpReceiver receiver = OtlpReceiver.start();

	private ConfigurableApplicationContext context;

	@AfterEach
	void stop() {
		this.context.close();
		this.receiver.close();
	}

	private Work start(String off) {
		this.context = TracedApplication.start(this.receiver, WebApplicationType.NONE, Application.class,
				"--hindspan." + off + "=false");
		return this.context.getBean(Work.class);
	}

	@Test
	void doesNothingWhenAllIsOff() {
		Work work = start("enabled");
		assertThat(work.isTracedForKafka()).isFalse();
		assertThat(work.isTracedForRabbit()).isFalse();
		work.leavesRestClientsAlone();
		work.leavesWebClientsAlone();
		work.leavesCallsAlone();
		work.leavesAwsClientsAlone();
	}

	@ParameterizedTest
	@ValueSource(strings = { "kafka", "rabbit", "httpclient", "grpc", "s3", "outbox" })
	void doesNothingWithoutTheTechnologysSwitch(String technology) {
		Work work = start(technology + ".enabled");
		assertThat(work.isTracedForKafka()).isEqualTo(!technology.equals("kafka"));
		assertThat(work.isTracedForRabbit()).isEqualTo(!technology.equals("rabbit"));
		switch (technology) {
			case "httpclient" -> {
				work.leavesRestClientsAlone();
				work.leavesWebClientsAlone();
			}
			case "grpc" -> work.leavesCallsAlone();
			case "s3" -> work.leavesAwsClientsAlone();
			default -> assertThat(work.outbox().capture()).isNull();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Work.class)
	static class Application {

	}

	/**
	 * What an application does with the API.
	 */
	record Work(CarrierPropagation propagation, OutboxTracing outbox, KafkaBatchTracing kafka,
			RabbitBatchTracing rabbit, RestClientTracing restClients, WebClientTracing webClients, GrpcTracing grpc,
			AwsClientTracing aws) {

		boolean isTracedForKafka() {
			return this.kafka.process(new ConsumerRecord<>("tasks", 0, 0, "key", "value"), Work::isTraced);
		}

		boolean isTracedForRabbit() {
			return this.rabbit.process(new Message(new byte[0]), Work::isTraced);
		}

		private static boolean isTraced() {
			return Span.current().getSpanContext().isValid();
		}

		void leavesRestClientsAlone() {
			RestClient client = RestClient.builder().requestInterceptor((request, body, execution) -> {
				throw new UnsupportedOperationException();
			}).build();
			assertThat(this.restClients.trace(client)).isSameAs(client);
			RestTemplate template = new RestTemplate();
			assertThat(this.restClients.trace(template)).isSameAs(template);
			assertThat(template.getObservationRegistry().isNoop()).isTrue();
			RestClient.Builder builder = RestClient.builder();
			assertThat(this.restClients.trace(builder)).isSameAs(builder);
			assertThat(builder).extracting("observationRegistry").isIn(null, ObservationRegistry.NOOP);
		}

		void leavesWebClientsAlone() {
			WebClient client = WebClient.create();
			assertThat(this.webClients.trace(client)).isSameAs(client);
			WebClient.Builder builder = WebClient.builder();
			assertThat(this.webClients.trace(builder)).isSameAs(builder);
			assertThat(builder).extracting("observationRegistry").isIn(null, ObservationRegistry.NOOP);
		}

		void leavesCallsAlone() {
			AtomicInteger calls = new AtomicInteger();
			Channel channel = new Channel() {

				@Override
				public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
					calls.incrementAndGet();
					return null;
				}

				@Override
				public String authority() {
					return "tasks";
				}

			};
			assertThat(this.grpc.clientInterceptor().<Object, Object>interceptCall(null, CallOptions.DEFAULT, channel))
				.isNull();
			assertThat(calls).hasValue(1);
			ServerCall.Listener<Object> listener = new ServerCall.Listener<>() {
			};
			assertThat(this.grpc.serverInterceptor()
				.<Object, Object>interceptCall(null, new Metadata(), (call, headers) -> listener)).isSameAs(listener);
		}

		void leavesAwsClientsAlone() {
			try (S3Client client = S3Client.builder()
				.region(Region.EU_CENTRAL_1)
				.credentialsProvider(AnonymousCredentialsProvider.create())
				.build()) {
				assertThat(this.aws.trace(client)).isSameAs(client);
			}
		}

	}

}
