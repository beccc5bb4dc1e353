package io.hindspan.export;

import java.util.Arrays;
import java.util.Random;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

/**
 * Tests for what an OTLP backend says that it has not taken.
 */
class PartialSuccessTests {

	@ParameterizedTest
	@ValueSource(longs = { 1, 127, 128, 300, Integer.MAX_VALUE, Long.MAX_VALUE })
	void rejectedSpansAreRead(long rejected) {
		SendFailure failure = PartialSuccess.in(response(rejected, "too old").toByteArray());
		assertThat(failure).isNotNull();
		assertThat(failure.kind()).isEqualTo(SendFailure.Kind.PARTIAL);
		assertThat(failure.rejected()).isEqualTo(rejected);
		assertThat(failure.reason()).isEqualTo("refuses " + rejected + " spans of a batch (too old)");
	}

	@Test
	void nothingRejectedIsSuccess() {
		assertThat(PartialSuccess.in(new byte[0])).isNull();
		assertThat(PartialSuccess.in(ExportTraceServiceResponse.getDefaultInstance().toByteArray())).isNull();
		// A warning
		assertThat(PartialSuccess.in(response(0, "slow down").toByteArray())).isNull();
		assertThat(PartialSuccess.in(response(-1, "").toByteArray())).isNull();
	}

	@Test
	void fieldsThatNobodyKnowsAreSkipped() {
		UnknownFieldSet unknown = UnknownFieldSet.newBuilder()
			.addField(9,
					UnknownFieldSet.Field.newBuilder()
						.addFixed32(1)
						.addFixed64(2)
						.addVarint(3)
						.addLengthDelimited(ByteString.copyFromUtf8("four"))
						.build())
			.build();
		byte[] before = unknown.toByteArray();
		byte[] message = response(7, "").toByteArray();
		byte[] both = Arrays.copyOf(before, before.length + message.length);
		System.arraycopy(message, 0, both, before.length, message.length);
		SendFailure failure = PartialSuccess.in(both);
		assertThat(failure).isNotNull();
		assertThat(failure.rejected()).isEqualTo(7);
	}

	@Test
	void anythingElseIsSuccess() {
		Random random = new Random(7);
		for (int i = 0; i < 20_000; i++) {
			byte[] bytes = (i % 2 == 0) ? new byte[random.nextInt(64)] : response(5, "a message").toByteArray();
			if (i % 2 == 0) {
				random.nextBytes(bytes);
			}
			else {
				bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
			}
			byte[] response = bytes;
			assertThatCode(() -> PartialSuccess.in(response)).doesNotThrowAnyException();
		}
	}

	private static ExportTraceServiceResponse response(long rejected, String message) {
		return ExportTraceServiceResponse.newBuilder()
			.setPartialSuccess(
					ExportTracePartialSuccess.newBuilder().setRejectedSpans(rejected).setErrorMessage(message))
			.build();
	}

}
