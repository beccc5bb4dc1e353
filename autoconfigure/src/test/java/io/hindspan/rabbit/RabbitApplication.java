package io.hindspan.rabbit;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Envelope;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.support.DefaultMessagePropertiesConverter;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.server.AmqpServer;

/**
 * What the tests of messages have in common.
 */
final class RabbitApplication {

	private RabbitApplication() {
	}

	static ConfigurableApplicationContext start(OtlpReceiver receiver, AmqpServer server, Class<?> source,
			String... args) {
		String[] all = new String[args.length + 4];
		all[0] = "--spring.rabbitmq.host=" + server.host();
		all[1] = "--spring.rabbitmq.port=" + server.port();
		all[2] = "--spring.rabbitmq.username=" + server.username();
		all[3] = "--spring.rabbitmq.password=" + server.password();
		System.arraycopy(args, 0, all, 4, args.length);
		return TracedApplication.start(receiver, WebApplicationType.NONE, source, all);
	}

	static String inTrace(ConfigurableApplicationContext context, Runnable work) {
		return inTrace(context, () -> {
			work.run();
			return null;
		});
	}

	static String inTrace(ConfigurableApplicationContext context, Supplier<? extends @Nullable Object> work) {
		return Observation.createNotStarted("root", context.getBean(ObservationRegistry.class)).observe(() -> {
			work.get();
			return Span.current().getSpanContext().getTraceId();
		});
	}

	static RabbitTemplate template(ConfigurableApplicationContext context) {
		return context.getBean("rabbitTemplate", RabbitTemplate.class);
	}

	static Queue queue(String name) {
		return new Queue(name, false, false, true);
	}

	/**
	 * Notes what was left on a consumer's thread: containers ask it for each message,
	 * before anything is traced.
	 */
	static final class ThreadCheck extends DefaultMessagePropertiesConverter {

		private final List<Context> left = new CopyOnWriteArrayList<>();

		@Override
		public MessageProperties toMessageProperties(BasicProperties source, @Nullable Envelope envelope,
				String charset) {
			if (Context.current() != Context.root()) {
				this.left.add(Context.current());
			}
			return super.toMessageProperties(source, envelope, charset);
		}

		List<Context> left() {
			return this.left;
		}

	}

}
