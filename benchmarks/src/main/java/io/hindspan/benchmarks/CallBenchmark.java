package io.hindspan.benchmarks;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.tracing.MicrometerTracing;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;
import org.h2.jdbcx.JdbcDataSource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.AbstractClientHttpRequest;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.web.client.RestClient;

import io.hindspan.test.server.RedisServer;

/**
 * A statement, a Redis command, a message and an HTTP call beneath a span: without
 * tracing, with an Observation that nobody listens to where the library makes one, and
 * with Hindspan, for a sampled and for an unsampled parent.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Benchmark)
public class CallBenchmark {

	/** How the calls are traced. */
	public enum Tracing {

		/** Not at all. */
		NONE,

		/** By Observations that nobody listens to. */
		OBSERVATION,

		/** By Hindspan, every trace sampled. */
		SAMPLED,

		/** By Hindspan, no trace sampled. */
		UNSAMPLED;

		boolean isHindspan() {
			return this == SAMPLED || this == UNSAMPLED;
		}

	}

	@Param
	public Tracing tracing;

	private ConfigurableApplicationContext context;

	private Observation parent;

	private Observation.Scope parentScope;

	private Connection connection;

	private PreparedStatement statement;

	private StringRedisTemplate redis;

	private KafkaTemplate<String, String> kafka;

	private RestClient http;

	private int count;

	@Setup
	public void start() throws SQLException {
		this.context = TracedContext.start(this.tracing.isHindspan(), (this.tracing == Tracing.SAMPLED) ? 1 : 0,
				Calls.class);
		ObservationRegistry registry = (this.tracing == Tracing.OBSERVATION) ? bare()
				: this.context.getBean(ObservationRegistry.class);
		this.kafka = kafka(registry);
		this.http = http(registry);
		this.redis = redis(registry);
		this.connection = this.context.getBean(DataSource.class).getConnection();
		this.connection.createStatement().execute("create table tasks (id int primary key, title varchar(100))");
		this.connection.createStatement().execute("insert into tasks values (1, 'report')");
		this.statement = this.connection.prepareStatement("select title from tasks where id = ?");
		if (this.tracing.isHindspan()) {
			this.parent = Observation.start("parent", registry);
		}
	}

	private ObservationRegistry bare() {
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler(new ObservationHandler<Observation.Context>() {

			@Override
			public boolean supportsContext(Observation.Context context) {
				return true;
			}

		});
		return registry;
	}

	@SuppressWarnings("unchecked")
	private KafkaTemplate<String, String> kafka(ObservationRegistry registry) {
		if (this.tracing.isHindspan()) {
			return this.context.getBean(KafkaTemplate.class);
		}
		KafkaTemplate<String, String> template = new KafkaTemplate<>(new MockProducerFactory());
		template.setObservationEnabled(this.tracing == Tracing.OBSERVATION);
		template.setObservationRegistry(registry);
		template.afterSingletonsInstantiated();
		return template;
	}

	private RestClient http(ObservationRegistry registry) {
		if (this.tracing.isHindspan()) {
			return this.context.getBean(RestClient.class);
		}
		RestClient.Builder builder = RestClient.builder().requestFactory(AnsweringRequest::new);
		return (this.tracing == Tracing.OBSERVATION) ? builder.observationRegistry(registry).build() : builder.build();
	}

	private StringRedisTemplate redis(ObservationRegistry registry) {
		if (this.tracing.isHindspan()) {
			return this.context.getBean(StringRedisTemplate.class);
		}
		ClientResources.Builder resources = ClientResources.builder();
		if (this.tracing == Tracing.OBSERVATION) {
			resources.tracing(new MicrometerTracing(registry, "redis"));
		}
		LettuceConnectionFactory factory = new LettuceConnectionFactory(
				new RedisStandaloneConfiguration(RedisServer.shared().host(), RedisServer.shared().port()),
				LettuceClientConfiguration.builder().clientResources(resources.build()).build());
		factory.afterPropertiesSet();
		factory.start();
		return new StringRedisTemplate(factory);
	}

	@TearDown
	public void stop() throws SQLException {
		this.connection.close();
		this.context.close();
	}

	@Benchmark
	public String statement() throws SQLException {
		open();
		this.statement.setInt(1, 1);
		try (ResultSet rows = this.statement.executeQuery()) {
			rows.next();
			return rows.getString(1);
		}
		finally {
			close();
		}
	}

	@Benchmark
	public String redisCommand() {
		open();
		try {
			return this.redis.opsForValue().get("task");
		}
		finally {
			close();
		}
	}

	@Benchmark
	public Object message() {
		open();
		try {
			return this.kafka.send(new ProducerRecord<>("tasks.created", "id", "task"));
		}
		finally {
			close();
		}
	}

	@Benchmark
	public String httpCall() {
		open();
		try {
			return this.http.get().uri("http://localhost/tasks/{id}", 1).retrieve().body(String.class);
		}
		finally {
			close();
		}
	}

	/**
	 * The benchmark's method runs on a thread of its own, so the parent is made current
	 * once for each call; {@link #scopeOnly()} is what that takes.
	 */
	private void open() {
		if (this.parent != null) {
			this.parentScope = this.parent.openScope();
		}
	}

	private void close() {
		if (this.parent != null) {
			this.parentScope.close();
		}
	}

	/** What opening and closing the parent's scope takes, to be taken off. */
	@Benchmark
	public int scopeOnly() {
		open();
		close();
		return this.count++;
	}

	/** The beans whose calls are measured. */
	@Configuration(proxyBeanMethods = false)
	static class Calls {

		@Bean
		DataSource dataSource() {
			JdbcDataSource dataSource = new JdbcDataSource();
			dataSource.setURL("jdbc:h2:mem:benchmark");
			return dataSource;
		}

		@Bean
		KafkaTemplate<String, String> kafkaTemplate() {
			return new KafkaTemplate<>(new MockProducerFactory());
		}

		@Bean
		RestClient restClient() {
			return RestClient.builder().requestFactory(AnsweringRequest::new).build();
		}

		@Bean(destroyMethod = "")
		RedisServer redisServer() {
			return RedisServer.shared();
		}

		@Bean
		RedisStandaloneConfiguration redisStandaloneConfiguration() {
			return new RedisStandaloneConfiguration(RedisServer.shared().host(), RedisServer.shared().port());
		}

	}

	/** Producers that acknowledge at once and forget what was sent. */
	private static final class MockProducerFactory implements ProducerFactory<String, String> {

		private final MockProducer<String, String> producer = new MockProducer<>(true, null, new StringSerializer(),
				new StringSerializer()) {

			private int sent;

			@Override
			public synchronized Future<RecordMetadata> send(ProducerRecord<String, String> record, Callback callback) {
				if (++this.sent % 1000 == 0) {
					clear();
				}
				return super.send(record, callback);
			}

			@Override
			public void close(Duration timeout) {
			}

		};

		@Override
		public Producer<String, String> createProducer() {
			return this.producer;
		}

		@Override
		public Map<String, Object> getConfigurationProperties() {
			return Map.of("bootstrap.servers", List.of("localhost:9092"));
		}

	}

	/** A request that is answered without a connection. */
	private static final class AnsweringRequest extends AbstractClientHttpRequest {

		private final URI uri;

		private final HttpMethod method;

		AnsweringRequest(URI uri, HttpMethod method) {
			this.uri = uri;
			this.method = method;
		}

		@Override
		public HttpMethod getMethod() {
			return this.method;
		}

		@Override
		public URI getURI() {
			return this.uri;
		}

		@Override
		protected OutputStream getBodyInternal(HttpHeaders headers) {
			return OutputStream.nullOutputStream();
		}

		@Override
		protected ClientHttpResponse executeInternal(HttpHeaders headers) {
			return new Answer();
		}

	}

	/** The answer. */
	private static final class Answer implements ClientHttpResponse {

		private static final byte[] BODY = "done".getBytes(StandardCharsets.UTF_8);

		private final HttpHeaders headers = new HttpHeaders();

		Answer() {
			this.headers.setContentLength(BODY.length);
		}

		@Override
		public InputStream getBody() {
			return new ByteArrayInputStream(BODY);
		}

		@Override
		public HttpHeaders getHeaders() {
			return this.headers;
		}

		@Override
		public HttpStatusCode getStatusCode() {
			return HttpStatus.OK;
		}

		@Override
		public String getStatusText() {
			return "OK";
		}

		@Override
		public void close() {
		}

	}

}
