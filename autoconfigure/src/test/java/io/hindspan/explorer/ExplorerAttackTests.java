package io.hindspan.explorer;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;

import io.hindspan.explorer.RunningExplorer.Reply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests for those who should not see traces: from other machines, through proxies, from
 * pages of other sites. On both kinds of servers, whatever they make of forwarding
 * headers.
 */
@ParameterizedClass
@CsvSource({ "SERVLET,none", "SERVLET,framework", "REACTIVE,none", "REACTIVE,native", "REACTIVE,framework" })
class ExplorerAttackTests {

	private static RunningExplorer explorer;

	@BeforeParameterizedClassInvocation
	static void start(WebApplicationType type, String strategy) {
		explorer = RunningExplorer.start(type, ExplorerApplication.class,
				"--server.forward-headers-strategy=" + strategy, "--server.http2.enabled=true");
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		explorer.close();
	}

	ExplorerAttackTests(WebApplicationType type, String strategy) {
	}

	@ParameterizedTest
	@ValueSource(strings = { "localhost", "127.0.0.1", "LOCALHOST", "[::1]" })
	void thisMachineIsLetIn(String host) throws Exception {
		assertThat(explorer.get("/hindspan/api/status", "Host: " + host + ":" + explorer.port()).status())
			.isEqualTo(200);
		assertThat(explorer.get("/hindspan/api/status", "Host: " + host).status()).isEqualTo(200);
	}

	/**
	 * The first request has a host, since it asks for the protocol; the others have an
	 * authority.
	 */
	@Test
	void authorityOfHttp2IsTheHost() throws Exception {
		HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
		for (int i = 0; i < 3; i++) {
			assertThat(http2(client, "localhost").statusCode()).isEqualTo(200);
			assertThat(http2(client, "127.0.0.2").statusCode()).isEqualTo(403);
		}
	}

	private static HttpResponse<String> http2(HttpClient client, String host) throws Exception {
		URI uri = URI.create("http://" + host + ":" + explorer.port() + "/hindspan/api/status");
		HttpResponse<String> response = client.send(HttpRequest.newBuilder(uri).build(),
				HttpResponse.BodyHandlers.ofString());
		assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
		return response;
	}

	@Test
	void anotherAddressIsRefused() throws Exception {
		InetAddress address = otherAddress().orElse(null);
		assumeThat(address).as("this machine has a network").isNotNull();
		for (String path : List.of("/hindspan", "/hindspan/test-page.js", "/hindspan/api/status",
				"/hindspan/api/traces")) {
			Reply reply = explorer.raw(address, "GET " + path + " HTTP/1.1", new byte[0],
					List.of("Host: " + explorer.host()));
			assertThat(reply.status()).as(path).isEqualTo(403);
			assertThat(reply.error()).contains("hindspan.explorer.access=secured");
		}
		Reply intake = explorer.raw(address, "POST /hindspan/v1/traces HTTP/1.1", SentTraces.json("GET /"),
				List.of("Host: " + explorer.host(), "Content-Type: application/json",
						"Content-Length: " + SentTraces.json("GET /").length));
		assertThat(intake.status()).isEqualTo(403);
	}

	/**
	 * A server that believes forwarding headers of its own network takes this for a
	 * request from this machine.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "X-Forwarded-For: 127.0.0.1", "X-Forwarded-For: ::1", "Forwarded: for=127.0.0.1",
			"X-Forwarded-For: 127.0.0.1, 127.0.0.1", "X-Real-IP: 127.0.0.1" })
	void anotherAddressThatClaimsToBeThisMachineIsRefused(String header) throws Exception {
		InetAddress address = otherAddress().orElse(null);
		assumeThat(address).as("this machine has a network").isNotNull();
		Reply reply = explorer.raw(address, "GET /hindspan/api/status HTTP/1.1", new byte[0],
				List.of("Host: " + explorer.host(), header));
		assertThat(reply.status()).isEqualTo(403);
	}

	@ParameterizedTest
	@ValueSource(strings = { "X-Forwarded-For: 203.0.113.7", "X-Forwarded-For: 127.0.0.1", "x-forwarded-for: ",
			"X_Forwarded_For: 127.0.0.1", "X-FORWARDED-PROTO: https", "X-Forwarded-Host: localhost",
			"X-Forwarded-Prefix: /a", "X-Forwarded-Port: 80", "X-Forwarded-Ssl: on",
			"Forwarded: for=127.0.0.1;host=localhost", "Forwarded: by=_x", "X-Real-IP: 127.0.0.1", "Via: 1.1 proxy",
			"True-Client-IP: 127.0.0.1", "CF-Connecting-IP: 127.0.0.1", "X-Client-IP: 127.0.0.1",
			"X-Cluster-Client-Ip: 127.0.0.1", "X-Envoy-External-Address: 127.0.0.1",
			"X-Original-Forwarded-For: 203.0.113.7" })
	void proxyIsRefused(String header) throws Exception {
		assertThat(explorer.get("/hindspan/api/status", header).status()).isEqualTo(403);
		assertThat(post("Content-Type: application/json", header).status()).isEqualTo(403);
	}

	@ParameterizedTest
	@ValueSource(strings = { "evil.example", "evil.example:8080", "localhost.evil.example", "localhost.",
			"127.0.0.1.nip.io", "127.0.0.2", "0.0.0.0", "[::]", "2130706433", "0x7f.1", "localhost@evil.example",
			"localhost:80:80", "127.1" })
	void nameThatIsMadeToLeadHereIsRefused(String host) throws Exception {
		assertThat(explorer.get("/hindspan/api/status", "Host: " + host).status()).isIn(400, 403);
		assertThat(explorer.get("/hindspan/", "Host: " + host).status()).isIn(400, 403);
		assertThat(post("Content-Type: application/json", "Host: " + host).status()).isIn(400, 403);
	}

	@Test
	void twoHostsAreRefused() throws Exception {
		assertThat(explorer.get("/hindspan/api/status", "Host: localhost", "Host: evil.example").status()).isIn(400,
				403);
		assertThat(explorer.get("/hindspan/api/status", "Host: evil.example", "Host: localhost").status()).isIn(400,
				403);
	}

	@Test
	void noHostIsRefused() throws Exception {
		Reply reply = explorer.raw(InetAddress.getLoopbackAddress(), "GET /hindspan/api/status HTTP/1.0", new byte[0],
				new ArrayList<>());
		assertThat(reply.status()).isIn(400, 403);
	}

	@Test
	void absoluteTargetOfAnotherHostIsRefused() throws Exception {
		Reply reply = explorer.raw(InetAddress.getLoopbackAddress(),
				"GET http://evil.example/hindspan/api/status HTTP/1.1", new byte[0], List.of("Host: evil.example"));
		assertThat(reply.status()).isIn(400, 403);
	}

	@ParameterizedTest
	@ValueSource(strings = { "cross-site", "same-site", "other", "none, same-origin", "Same-Origin" })
	void pageOfAnotherSiteIsRefused(String site) throws Exception {
		assertThat(explorer.get("/hindspan/api/status", "Sec-Fetch-Site: " + site).status()).isEqualTo(403);
		assertThat(explorer.get("/hindspan/", "Sec-Fetch-Site: " + site, "Sec-Fetch-Mode: navigate").status())
			.isEqualTo(403);
		assertThat(post("Content-Type: application/json", "Sec-Fetch-Site: " + site).status()).isEqualTo(403);
		assertThat(delete("Sec-Fetch-Site: " + site).status()).isEqualTo(403);
	}

	@Test
	void severalSitesAreRefused() throws Exception {
		assertThat(explorer.get("/hindspan/api/status", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: cross-site")
			.status()).isEqualTo(403);
	}

	@Test
	void typedAddressIsLetInForReadingOnly() throws Exception {
		assertThat(explorer.get("/hindspan/api/status", "Sec-Fetch-Site: none", "Sec-Fetch-Mode: navigate").status())
			.isEqualTo(200);
		assertThat(explorer.get("/hindspan/api/status", "Sec-Fetch-Site: none", "Sec-Fetch-Mode: no-cors").status())
			.isEqualTo(403);
		assertThat(delete("Sec-Fetch-Site: none", "Sec-Fetch-Mode: navigate").status()).isEqualTo(403);
		assertThat(post("Content-Type: application/json", "Sec-Fetch-Site: none", "Sec-Fetch-Mode: navigate").status())
			.isEqualTo(403);
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://evil.example", "null", "http://localhost", "http://localhost:1", "file://",
			"http://localhost.evil.example:%d", "ftp://localhost:%d", "http://user@localhost:%d",
			"http://localhost:%d/", "http://127.0.0.1:%d", "" })
	void otherOriginIsRefused(String origin) throws Exception {
		String header = "Origin: " + origin.formatted(explorer.port());
		assertThat(explorer.get("/hindspan/api/status", header).status()).isEqualTo(403);
		assertThat(post("Content-Type: application/json", header).status()).isEqualTo(403);
		assertThat(delete(header).status()).isEqualTo(403);
	}

	@Test
	void ownOriginIsLetIn() throws Exception {
		String origin = "Origin: http://" + explorer.host();
		assertThat(explorer.get("/hindspan/api/status", origin, "Sec-Fetch-Site: same-origin").status()).isEqualTo(200);
		assertThat(explorer
			.get("/hindspan/api/status", origin, "Origin: http://evil.example", "Sec-Fetch-Site: same-origin")
			.status()).isEqualTo(403);
	}

	@Test
	void preflightOfAnotherOriginGetsNoPermission() throws Exception {
		Reply reply = explorer.send("OPTIONS", "/hindspan/v1/traces", new byte[0], "Origin: http://evil.example",
				"Access-Control-Request-Method: POST", "Access-Control-Request-Headers: content-type");
		assertThat(reply.headers().keySet()).noneMatch((name) -> name.startsWith("access-control-allow"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "text/plain", "application/x-www-form-urlencoded", "text/plain;application/json",
			"application/jsonp", "application/octet-stream" })
	void simpleRequestOfAnOldBrowserIsRefused(String type) throws Exception {
		long revision = explorer.store().revision();
		assertThat(post("Content-Type: " + type).status()).isEqualTo(415);
		assertThat(explorer.store().revision()).isEqualTo(revision);
	}

	@Test
	void methodOverrideForgetsNothing() throws Exception {
		byte[] form = "_method=DELETE".getBytes();
		Reply reply = explorer.send("POST", "/hindspan/api/traces?_method=DELETE", form,
				"Content-Type: application/x-www-form-urlencoded", "X-HTTP-Method-Override: DELETE", "X-Hindspan: 1");
		assertThat(reply.status()).isEqualTo(405);
	}

	private static Reply post(String... headers) throws IOException {
		return explorer.send("POST", "/hindspan/v1/traces", SentTraces.json("GET /"), headers);
	}

	private static Reply delete(String... headers) throws IOException {
		return explorer.send("DELETE", "/hindspan/api/traces", new byte[0],
				Stream.concat(Stream.of("X-Hindspan: 1"), Stream.of(headers)).toArray(String[]::new));
	}

	/**
	 * An address of this machine that others know it by.
	 */
	private static Optional<InetAddress> otherAddress() throws IOException {
		return NetworkInterface.networkInterfaces()
			.flatMap(NetworkInterface::inetAddresses)
			.filter((address) -> address instanceof Inet4Address && !address.isLoopbackAddress())
			.findFirst();
	}

}
