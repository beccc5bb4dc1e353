package io.hindspan.s3;

import io.hindspan.span.SemanticKey;

/**
 * The attributes of a call of the AWS SDK. No object, no metadata, and the object's key
 * only where the application wants it.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/cloud-providers/aws-sdk/">AWS
 * SDK spans</a>
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/object-stores/s3/">S3
 * spans</a>
 */
final class AwsAttributes {

	static final SemanticKey<String> SYSTEM = SemanticKey.text("rpc.system.name", "rpc.system");

	static final SemanticKey<String> SERVICE = SemanticKey.text("rpc.service");

	static final SemanticKey<String> METHOD = SemanticKey.text("rpc.method");

	static final SemanticKey<String> REGION = SemanticKey.text("cloud.region");

	static final SemanticKey<String> BUCKET = SemanticKey.text("aws.s3.bucket");

	static final SemanticKey<String> OBJECT_KEY = SemanticKey.text("aws.s3.key");

	static final SemanticKey<Long> PART_NUMBER = SemanticKey.number("aws.s3.part_number");

	static final SemanticKey<String> REQUEST_ID = SemanticKey.text("aws.request_id");

	static final SemanticKey<String> EXTENDED_REQUEST_ID = SemanticKey.text("aws.extended_request_id");

	static final SemanticKey<Long> STATUS = SemanticKey.number("http.response.status_code", "http.status_code");

	static final SemanticKey<String> SERVER_ADDRESS = SemanticKey.text("server.address", "net.peer.name");

	static final SemanticKey<Long> SERVER_PORT = SemanticKey.number("server.port", "net.peer.port");

	private AwsAttributes() {
	}

}
