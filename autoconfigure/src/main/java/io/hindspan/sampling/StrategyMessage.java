package io.hindspan.sampling;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;

/**
 * The messages by which Jaeger's strategies are asked for, as Protocol Buffers encode
 * them. An answer becomes the object that it is in JSON, so that {@link StrategyReader}
 * reads both.
 *
 * @see <a href=
 * "https://github.com/jaegertracing/jaeger-idl/blob/main/proto/api_v2/sampling.proto">
 * sampling.proto</a>
 */
final class StrategyMessage {

	private static final int SERVICE_NAME = 1;

	private static final Map<Integer, Field> PROBABILISTIC = Map.of(tag(1, WireFormat.WIRETYPE_FIXED64),
			number("samplingRate"));

	private static final Map<Integer, Field> RATE_LIMITING = Map.of(tag(1, WireFormat.WIRETYPE_VARINT),
			(input, message) -> message.put("maxTracesPerSecond", input.readInt32()));

	private static final Map<Integer, Field> OPERATION = Map.of(tag(1, WireFormat.WIRETYPE_LENGTH_DELIMITED),
			(input, message) -> message.put("operation", input.readStringRequireUtf8()),
			tag(2, WireFormat.WIRETYPE_LENGTH_DELIMITED), object("probabilisticSampling", PROBABILISTIC));

	private static final Map<Integer, Field> BY_OPERATION = Map.of(tag(1, WireFormat.WIRETYPE_FIXED64),
			number("defaultSamplingProbability"), tag(3, WireFormat.WIRETYPE_LENGTH_DELIMITED),
			element("perOperationStrategies", OPERATION));

	private static final Map<Integer, Field> ANSWER = Map.of(tag(1, WireFormat.WIRETYPE_VARINT),
			(input, message) -> message.put("strategyType", input.readEnum()),
			tag(2, WireFormat.WIRETYPE_LENGTH_DELIMITED), object("probabilisticSampling", PROBABILISTIC),
			tag(3, WireFormat.WIRETYPE_LENGTH_DELIMITED), object("rateLimitingSampling", RATE_LIMITING),
			tag(4, WireFormat.WIRETYPE_LENGTH_DELIMITED), object("operationSampling", BY_OPERATION));

	private StrategyMessage() {
	}

	/**
	 * Encodes the question for the strategies of a service.
	 */
	static byte[] request(String service) {
		byte[] message = new byte[CodedOutputStream.computeStringSize(SERVICE_NAME, service)];
		try {
			CodedOutputStream.newInstance(message).writeString(SERVICE_NAME, service);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return message;
	}

	/**
	 * Decodes an answer. Fields that it does not know are not looked at.
	 * @param answer the message
	 * @return the object that it is in JSON
	 * @throws IllegalArgumentException if it is no such message; the message of the
	 * exception says so
	 */
	static Map<String, Object> answer(byte[] answer) {
		Map<String, Object> message = new HashMap<>();
		try {
			read(CodedInputStream.newInstance(answer), message, ANSWER);
		}
		catch (IOException ex) {
			throw new IllegalArgumentException("answers with what is no SamplingStrategyResponse", ex);
		}
		return message;
	}

	private static void read(CodedInputStream input, Map<String, Object> message, Map<Integer, Field> fields)
			throws IOException {
		for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
			Field field = fields.get(tag);
			if (field != null) {
				field.read(input, message);
			}
			else if (!input.skipField(tag)) {
				throw new InvalidProtocolBufferException("ends a group that has not begun");
			}
		}
	}

	private static Field number(String name) {
		return (input, message) -> message.put(name, input.readDouble());
	}

	@SuppressWarnings("unchecked")
	private static Field object(String name, Map<Integer, Field> fields) {
		// One that comes in parts is merged
		return (input, message) -> embedded(input,
				(Map<String, Object>) message.computeIfAbsent(name, (key) -> new HashMap<>()), fields);
	}

	@SuppressWarnings("unchecked")
	private static Field element(String name, Map<Integer, Field> fields) {
		return (input, message) -> {
			Map<String, Object> element = new HashMap<>();
			embedded(input, element, fields);
			((List<Object>) message.computeIfAbsent(name, (key) -> new ArrayList<>())).add(element);
		};
	}

	private static void embedded(CodedInputStream input, Map<String, Object> message, Map<Integer, Field> fields)
			throws IOException {
		int outer = input.pushLimit(input.readRawVarint32());
		read(input, message, fields);
		input.popLimit(outer);
	}

	private static int tag(int number, int wireType) {
		return number << 3 | wireType;
	}

	/**
	 * Reads what follows a tag into a message.
	 */
	private interface Field {

		void read(CodedInputStream input, Map<String, Object> message) throws IOException;

	}

}
