package io.hindspan.httpclient;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.micrometer.common.KeyValues;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.ReactorClientHttpRequestFactory;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.http.client.observation.ClientRequestObservationContext;
import org.springframework.http.client.observation.DefaultClientRequestObservationConvention;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.client.support.RestClientAdapter;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.support.WebClientAdapter;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;
import org.springframework.web.service.registry.HttpServiceGroup.ClientType;
import org.springframework.web.service.registry.ImportHttpServices;
import reactor.core.publisher.Mono;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

/**
 * Tests for the exported spans of every kind of HTTP client.
 */
class ClientTracingTests {

	private static final String STALE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

	private static final CalledService service = new CalledService();

	private static final OtlpReceiver receiver = OtlpReceiver.start();

	private static ConfigurableApplicationContext context;

	private static ObservationRegistry registry;

	@BeforeAll
	static void start() {
		context = TracedApplication.start(receiver, WebApplicationType.NONE, Clients.class,
				"--called.url=" + service.url(), "--spring.http.serviceclient.rest.base-url=" + service.url(),
				"--spring.http.serviceclient.web.base-url=" + service.url());
		registry = context.getBean(ObservationRegistry.class);
	}

	@AfterAll
	static void stop() {
		context.close();
		receiver.close();
		service.close();
	}

	@BeforeEach
	void reset() {
		receiver.reset();
	}

	static Stream<String> everyClient() {
		return Stream.of("builtRestTemplate", "newRestTemplate", "builtRestClient", "createdRestClient",
				"restClientOfOwnBuilder", "restClientOfRestTemplate", "restClientExchange", "builtWebClient",
				"createdWebClient", "webClientOfOwnBuilder", "webClientExchange", "restClientGroup", "webClientGroup",
				"restTemplateThatIsNoBean", "restClientThatIsNoBean", "webClientThatIsNoBean");
	}

	@ParameterizedTest
	@MethodSource("everyClient")
	void callIsOneClientSpanAndOneHeader(String client) {
		String body = inRoot(() -> call(client, "/tasks/{id}?q={q}", "42", "secret"));
		assertThat(body).isEqualTo("done");
		RecordedTrace trace = receiver.awaitTrace((candidate) -> candidate.spans().size() >= 2);
		assertThat(trace)
			.matchesTree(span("root").with(span("GET /tasks/{id}", SpanKind.CLIENT).status(StatusCode.UNSET)));
		assertThat(trace).span("GET /tasks/{id}")
			.hasScope("io.hindspan.httpclient")
			.hasOnlyAttributes(Map.of("http.request.method", "GET", "url.full", service.url() + "/tasks/42",
					"url.template", "/tasks/{id}", "server.address", "localhost", "server.port", service.port(),
					"http.response.status_code", 200, "http.response.body.size", 4));
		assertThat(service.query()).isEqualTo("q=secret");
		assertThat(service.header("Traceparent")).singleElement(STRING).startsWith(traceparent(trace));
		receiver.awaitQuiet(Duration.ofMillis(100));
		assertThat(receiver.spans()).hasSize(2);
	}

	@ParameterizedTest
	@MethodSource("everyClient")
	void responseOfTheClientsErrorIsAnError(String client) {
		assertThatExceptionOfType(RuntimeException.class)
			.isThrownBy(() -> inRoot(() -> call(client, "/status/{status}", "404")));
		RecordedTrace trace = receiver.awaitTrace((candidate) -> candidate.spans().size() >= 2);
		assertThat(trace).span("GET /status/{status}")
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", "404")
			.hasAttribute("http.response.status_code", 404);
		assertThat(trace.spans().stream().flatMap((span) -> span.events().stream())).singleElement()
			.satisfies((event) -> assertThat(event.name()).isEqualTo("exception"));
	}

	static Stream<ClientHttpRequestFactory> requestFactories() {
		return Stream.of(new JdkClientHttpRequestFactory(), new ReactorClientHttpRequestFactory(),
				new SimpleClientHttpRequestFactory());
	}

	@ParameterizedTest
	@MethodSource("requestFactories")
	void outcomeIsRightOverEveryHttpLibrary(ClientHttpRequestFactory factory) {
		RestClient client = context.getBean(RestClientTracing.class)
			.trace(RestClient.builder().requestFactory(factory).baseUrl(service.url()).build());
		client.get().uri("/status/{status}", 204).retrieve().toBodilessEntity();
		RecordedSpan ok = receiver.awaitSpan((span) -> true);
		assertThat(ok).hasStatus(StatusCode.UNSET)
			.hasAttribute("http.response.status_code", 204)
			.hasNoAttribute("error.type");
		receiver.reset();
		int status = client.get()
			.uri("/tasks/{id}", 1)
			.exchangeForRequiredValue((request, response) -> response.getStatusCode().value());
		assertThat(status).isEqualTo(200);
		RecordedSpan unread = receiver.awaitSpan((span) -> true);
		assertThat(unread).hasStatus(StatusCode.UNSET).hasNoAttribute("error.type");
		receiver.reset();
		assertThatExceptionOfType(RuntimeException.class)
			.isThrownBy(() -> client.get().uri("/status/{status}", 503).retrieve().toBodilessEntity());
		RecordedSpan failed = receiver.awaitSpan((span) -> true);
		assertThat(failed).hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", "503")
			.hasAttribute("http.response.status_code", 503)
			.hasEvent("exception");
		receiver.reset();
		assertThatExceptionOfType(ResourceAccessException.class).isThrownBy(() -> client.get()
			.uri("http://someone:hidden@localhost:1/tasks/{id}", 1)
			.retrieve()
			.toBodilessEntity());
		RecordedSpan refused = receiver.awaitSpan((span) -> true);
		assertThat(refused).hasStatus(StatusCode.ERROR)
			.hasName("GET /tasks/{id}")
			.hasAttribute("url.full", "http://localhost:1/tasks/1")
			.hasNoAttribute("http.response.status_code")
			.hasEvent("exception");
		assertThat(refused.attribute("error.type").toString()).endsWith("ConnectException");
		assertThat(refused.statusMessage()).doesNotContain("hidden");
		assertThat(refused.events())
			.allSatisfy((event) -> assertThat(event.attributes().toString()).doesNotContain("hidden"));
	}

	@Test
	void refusedReactiveCallIsAnErrorOfItsCause() {
		assertThatExceptionOfType(RuntimeException.class)
			.isThrownBy(() -> context.getBean("createdWebClient", WebClient.class)
				.get()
				.uri("http://someone:hidden@localhost:1/tasks/7")
				.retrieve()
				.bodyToMono(String.class)
				.block());
		RecordedSpan refused = receiver.awaitSpan((span) -> true);
		assertThat(refused).hasName("GET")
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("url.full", "http://localhost:1/tasks/7")
			.hasNoAttribute("url.template", "http.response.status_code");
		assertThat(refused.attribute("error.type").toString()).endsWith("ConnectException");
	}

	@Test
	void onlyACancelledCallIsCancelled() {
		assertThatExceptionOfType(RuntimeException.class)
			.isThrownBy(() -> context.getBean("createdWebClient", WebClient.class)
				.get()
				.uri("/never")
				.retrieve()
				.bodyToMono(String.class)
				.timeout(Duration.ofMillis(200))
				.block());
		RecordedSpan cancelled = receiver.awaitSpan((span) -> true);
		assertThat(cancelled).hasName("GET /never")
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", "cancelled")
			.hasNoAttribute("http.response.status_code");
	}

	@Test
	void headersCopiedByAnInterceptorAreReplaced() {
		for (String client : List.of("copyingRestTemplate", "copyingRestClient", "copyingWebClient")) {
			receiver.reset();
			inRoot(() -> call(client, "/tasks/{id}", "42"));
			RecordedTrace trace = receiver.awaitTrace((candidate) -> candidate.spans().size() >= 2);
			assertThat(service.header("Traceparent")).as(client).singleElement(STRING).startsWith(traceparent(trace));
		}
	}

	@Test
	void parentIsRightWhenManyCallsRunAtOnce() {
		WebClient client = context.getBean("createdWebClient", WebClient.class);
		List<CompletableFuture<String>> calls = Stream.of("one", "two", "three", "four").map((name) -> {
			Observation root = Observation.start(name, registry);
			try (Observation.Scope scope = root.openScope()) {
				return Mono
					.zip(client.get().uri("/tasks/{id}", name).retrieve().bodyToMono(String.class),
							client.get().uri("/users/{id}", name).retrieve().bodyToMono(String.class))
					.map((pair) -> pair.getT1())
					.doFinally((signal) -> root.stop())
					.contextCapture()
					.toFuture();
			}
		}).toList();
		calls.forEach(CompletableFuture::join);
		receiver.awaitSpans(12);
		assertThat(receiver.traces()).hasSize(4).allSatisfy((trace) -> {
			assertThat(trace.spans()).hasSize(3);
			String name = trace.roots().get(0).name();
			assertThat(trace).matchesTree(span(name).with(
					span("GET /tasks/{id}", SpanKind.CLIENT).attribute("url.full", service.url() + "/tasks/" + name),
					span("GET /users/{id}", SpanKind.CLIENT).attribute("url.full", service.url() + "/users/" + name)));
		});
	}

	@Test
	void hostWithAnUnderscoreIsTold() {
		RestTemplate template = context.getBean("newRestTemplate", RestTemplate.class);
		assertThatExceptionOfType(RuntimeException.class)
			.isThrownBy(() -> template.getForObject(URI.create("http://task_service:8099/tasks/7"), String.class));
		RecordedSpan span = receiver.awaitSpan((candidate) -> true);
		assertThat(span).hasName("GET")
			.hasAttribute("url.full", "http://task_service:8099/tasks/7")
			.hasAttribute("server.address", "task_service")
			.hasAttribute("server.port", 8099);
	}

	@Test
	void requestBodySizeAndOtherMethodsAreTold() {
		RestTemplate template = context.getBean("newRestTemplate", RestTemplate.class);
		inRoot(() -> template.postForObject(service.url() + "/tasks", "12345", String.class));
		RecordedTrace trace = receiver.awaitTrace((candidate) -> candidate.spans().size() >= 2);
		assertThat(trace).span("POST /tasks").hasAttribute("http.request.body.size", 5L);
		receiver.reset();
		context.getBean("createdWebClient", WebClient.class)
			.method(HttpMethod.valueOf("PURGE"))
			.uri("/cache")
			.retrieve()
			.toBodilessEntity()
			.block();
		assertThat(receiver.awaitSpan((span) -> true)).hasName("HTTP /cache")
			.hasAttribute("http.request.method", "_OTHER")
			.hasAttribute("http.request.method_original", "PURGE");
	}

	@Test
	void ownConventionWorksForMeters() {
		inRoot(() -> call("restTemplateOfOwnConvention", "/tasks/{id}", "42"));
		RecordedTrace trace = receiver.awaitTrace((candidate) -> candidate.spans().size() >= 2);
		assertThat(trace).span("GET /tasks/{id}").hasAttribute("team", "blue");
		MeterRegistry meters = context.getBean(MeterRegistry.class);
		assertThat(meters.get("own.requests").tag("team", "blue").timer().count()).isEqualTo(1);
	}

	@Test
	void registryOfTheApplicationStays() {
		ObservationRegistry own = context.getBean(Clients.class).own;
		assertThat(context.getBean("restTemplateOfOwnRegistry", RestTemplate.class).getObservationRegistry())
			.isSameAs(own);
		for (String client : List.of("restClientOfOwnRegistry", "webClientOfOwnRegistry")) {
			assertThat(context.getBean(client)).as(client).extracting("observationRegistry").isSameAs(own);
		}
	}

	private static String traceparent(RecordedTrace trace) {
		return "00-" + trace.traceId() + "-" + trace.span("GET /tasks/{id}").spanId() + "-";
	}

	private static <T> T inRoot(Supplier<T> work) {
		return Observation.createNotStarted("root", registry).observe(work);
	}

	private static String call(String name, String template, Object... variables) {
		if (name.equals("restTemplateThatIsNoBean")) {
			return context.getBean(RestClientTracing.class)
				.trace(new RestTemplate())
				.getForObject(service.url() + template, String.class, variables);
		}
		if (name.equals("restClientThatIsNoBean")) {
			return call(context.getBean(RestClientTracing.class).trace(RestClient.create(service.url())), template,
					variables);
		}
		if (name.equals("webClientThatIsNoBean")) {
			return call(context.getBean(WebClientTracing.class).trace(WebClient.create(service.url())), template,
					variables);
		}
		if (name.equals("restClientGroup")) {
			return call(context.getBean(RestGroupClient.class), template, variables);
		}
		if (name.equals("webClientGroup")) {
			return call(context.getBean(WebGroupClient.class), template, variables);
		}
		return call(context.getBean(name), template, variables);
	}

	private static String call(Object client, String template, Object... variables) {
		if (client instanceof RestTemplate restTemplate) {
			return restTemplate.getForObject(service.url() + template, String.class, variables);
		}
		if (client instanceof RestClient restClient) {
			return restClient.get().uri(template, variables).retrieve().body(String.class);
		}
		if (client instanceof WebClient webClient) {
			return webClient.get().uri(template, variables).retrieve().bodyToMono(String.class).block();
		}
		TaskClient exchange = (TaskClient) client;
		return template.startsWith("/status") ? exchange.status((String) variables[0])
				: exchange.task((String) variables[0], (String) variables[1]);
	}

	@HttpExchange
	interface TaskClient {

		@GetExchange("/tasks/{id}?q={q}")
		String task(@PathVariable String id, @PathVariable String q);

		@GetExchange("/status/{status}")
		String status(@PathVariable String status);

	}

	@HttpExchange
	interface RestGroupClient extends TaskClient {

	}

	@HttpExchange
	interface WebGroupClient extends TaskClient {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@ImportHttpServices(group = "rest", types = RestGroupClient.class)
	@ImportHttpServices(group = "web", types = WebGroupClient.class, clientType = ClientType.WEB_CLIENT)
	static class Clients {

		final ObservationRegistry own = ObservationRegistry.create();

		private final String url;

		Clients(Environment environment) {
			this.url = environment.getRequiredProperty("called.url");
			this.own.observationConfig().observationHandler((context) -> false);
		}

		@Bean
		MeterRegistry meters() {
			return new SimpleMeterRegistry();
		}

		@Bean
		RestTemplate builtRestTemplate(RestTemplateBuilder builder) {
			return builder.build();
		}

		@Bean
		RestTemplate newRestTemplate() {
			return new RestTemplate();
		}

		@Bean
		RestClient builtRestClient(RestClient.Builder builder) {
			return builder.baseUrl(this.url).build();
		}

		@Bean
		RestClient createdRestClient() {
			return RestClient.create(this.url);
		}

		@Bean
		RestClient restClientOfRestTemplate() {
			return RestClient.builder(new RestTemplate()).baseUrl(this.url).build();
		}

		@Bean(defaultCandidate = false)
		RestClient.Builder ownRestClientBuilder() {
			return RestClient.builder().baseUrl(this.url);
		}

		@Bean(defaultCandidate = false)
		WebClient.Builder ownWebClientBuilder() {
			return WebClient.builder().baseUrl(this.url);
		}

		@Bean
		RestClient restClientOfOwnBuilder(@Qualifier("ownRestClientBuilder") RestClient.Builder builder) {
			return builder.build();
		}

		@Bean
		TaskClient restClientExchange(@Qualifier("createdRestClient") RestClient client) {
			return HttpServiceProxyFactory.builderFor(RestClientAdapter.create(client))
				.build()
				.createClient(TaskClient.class);
		}

		@Bean
		WebClient builtWebClient(WebClient.Builder builder) {
			return builder.baseUrl(this.url).build();
		}

		@Bean
		WebClient createdWebClient() {
			return WebClient.create(this.url);
		}

		@Bean
		WebClient webClientOfOwnBuilder(@Qualifier("ownWebClientBuilder") WebClient.Builder builder) {
			return builder.build();
		}

		@Bean
		TaskClient webClientExchange(@Qualifier("createdWebClient") WebClient client) {
			return HttpServiceProxyFactory.builderFor(WebClientAdapter.create(client))
				.build()
				.createClient(TaskClient.class);
		}

		@Bean
		RestTemplate copyingRestTemplate() {
			RestTemplate template = new RestTemplate();
			template.setInterceptors(List.of(copying()));
			return template;
		}

		@Bean
		RestClient copyingRestClient(RestClient.Builder builder) {
			return builder.baseUrl(this.url).requestInterceptor(copying()).build();
		}

		@Bean
		WebClient copyingWebClient(WebClient.Builder builder) {
			ExchangeFilterFunction copying = (request, next) -> next
				.exchange(ClientRequest.from(request).headers((headers) -> headers.add("traceparent", STALE)).build());
			return builder.baseUrl(this.url).filter(copying).build();
		}

		private ClientHttpRequestInterceptor copying() {
			return (request, body, execution) -> {
				HttpHeaders headers = request.getHeaders();
				headers.add("traceparent", STALE);
				return execution.execute(request, body);
			};
		}

		@Bean
		RestTemplate restTemplateOfOwnConvention() {
			RestTemplate template = new RestTemplate();
			template.setObservationConvention(new DefaultClientRequestObservationConvention("own.requests") {

				@Override
				public KeyValues getLowCardinalityKeyValues(ClientRequestObservationContext context) {
					return super.getLowCardinalityKeyValues(context).and("team", "blue");
				}

			});
			return template;
		}

		@Bean
		RestTemplate restTemplateOfOwnRegistry() {
			RestTemplate template = new RestTemplate();
			template.setObservationRegistry(this.own);
			return template;
		}

		@Bean
		RestClient restClientOfOwnRegistry() {
			return RestClient.builder().observationRegistry(this.own).build();
		}

		@Bean
		WebClient webClientOfOwnRegistry() {
			return WebClient.builder().observationRegistry(this.own).build();
		}

	}

}
