package io.hindspan.rabbit;

import java.nio.charset.StandardCharsets;

import com.rabbitmq.client.impl.LongStringHelper;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link HeaderGetter} and {@link BaggageGetter}.
 */
class HeaderGetterTests {

	private final Message message = new Message(new byte[0], new MessageProperties());

	@Test
	void readsATextOfAnyType() {
		this.message.getMessageProperties().setHeader("text", "value");
		this.message.getMessageProperties().setHeader("long", LongStringHelper.asLongString("value"));
		this.message.getMessageProperties().setHeader("bytes", "value".getBytes(StandardCharsets.UTF_8));
		assertThat(read("text")).isEqualTo("value");
		assertThat(read("long")).isEqualTo("value");
		assertThat(read("bytes")).isEqualTo("value");
	}

	@Test
	void readsNothingElse() {
		this.message.getMessageProperties().setHeader("number", 4711);
		this.message.getMessageProperties().setHeader("null", null);
		assertThat(read("number")).isNull();
		assertThat(read("null")).isNull();
		assertThat(read("absent")).isNull();
	}

	@Test
	void readsNothingTooLong() {
		String longest = "x".repeat(8192);
		this.message.getMessageProperties().setHeader("text", longest);
		this.message.getMessageProperties().setHeader("text+1", longest + "x");
		this.message.getMessageProperties().setHeader("long+1", LongStringHelper.asLongString(longest + "x"));
		this.message.getMessageProperties().setHeader("bytes+1", new byte[8193]);
		assertThat(read("text")).isEqualTo(longest);
		assertThat(read("text+1")).isNull();
		assertThat(read("long+1")).isNull();
		assertThat(read("bytes+1")).isNull();
	}

	@Test
	void baggageMayBeReadAlone() {
		this.message.getMessageProperties().setHeader("baggage", "tenant=acme");
		this.message.getMessageProperties().setHeader("traceparent", "value");
		assertThat(BaggageGetter.INSTANCE.get(this.message, "baggage")).isEqualTo("tenant=acme");
		assertThat(BaggageGetter.INSTANCE.get(this.message, "traceparent")).isNull();
		assertThat(BaggageGetter.INSTANCE.keys(this.message)).containsExactly("baggage");
	}

	private String read(String header) {
		return HeaderGetter.INSTANCE.get(this.message, header);
	}

}
