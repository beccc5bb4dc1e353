package io.hindspan.test;

/** Where export requests come in. */
interface OtlpTransport {

	int port();

	String endpoint();

	void close();

}
