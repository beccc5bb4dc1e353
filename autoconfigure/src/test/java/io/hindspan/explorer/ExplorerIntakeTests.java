package io.hindspan.explorer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.hindspan.explorer.RunningExplorer.Reply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for senders that send too much: on real servers, byte by byte.
 */
@ParameterizedClass
@EnumSource(names = { "SERVLET", "REACTIVE" })
@ExtendWith(OutputCaptureExtension.class)
class ExplorerIntakeTests {

	private static final int MAX = Intake.Limits.DEFAULT.maxBytes();

	private static RunningExplorer explorer;

	@BeforeParameterizedClassInvocation
	static void start(WebApplicationType type) {
		explorer = RunningExplorer.start(type, ExplorerApplication.class);
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		explorer.close();
	}

	ExplorerIntakeTests(WebApplicationType type) {
	}

	@Test
	void lengthThatIsTooMuchIsRefusedUnread() throws Exception {
		try (Socket socket = explorer.open(InetAddress.getLoopbackAddress())) {
			write(socket, head("Content-Length: " + (MAX + 1)));
			assertThat(Reply.read(socket.getInputStream()).status()).isEqualTo(413);
		}
	}

	@Test
	void endlessBodyIsCutOff() throws Exception {
		try (Socket socket = explorer.open(InetAddress.getLoopbackAddress())) {
			write(socket, head("Transfer-Encoding: chunked"));
			OutputStream out = socket.getOutputStream();
			byte[] chunk = ("10000\r\n" + "x".repeat(0x10000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
			long sent = 0;
			try {
				while (sent < 64L * MAX) {
					out.write(chunk);
					sent += chunk.length;
				}
			}
			catch (IOException ex) {
				// Nobody reads any more
			}
			assertThat(sent).isLessThan(64L * MAX);
		}
		assertThat(explorer.get("/hindspan/api/status").status()).isEqualTo(200);
	}

	@Test
	void bodyThatNeverEndsIsGivenUp() throws Exception {
		List<Socket> sockets = new ArrayList<>();
		try {
			for (int i = 0; i < Intake.Limits.DEFAULT.atOnce(); i++) {
				Socket socket = explorer.open(InetAddress.getLoopbackAddress());
				sockets.add(socket);
				write(socket, head("Transfer-Encoding: chunked") + "1\r\nx\r\n");
			}
			// All places are taken: the others are told to come later, and the page works
			await().atMost(Duration.ofSeconds(8)).untilAsserted(() -> {
				Reply other = post(SentTraces.json("GET /"), "Content-Type: application/json");
				assertThat(other.status()).isEqualTo(429);
				assertThat(other.header("Retry-After")).isEqualTo("1");
			});
			assertThat(explorer.get("/hindspan/api/status").status()).isEqualTo(200);
			await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(200)).untilAsserted(() -> {
				for (Socket socket : sockets) {
					drip(socket);
				}
				assertThat(post(SentTraces.json("GET /"), "Content-Type: application/json").status()).isEqualTo(200);
			});
		}
		finally {
			for (Socket socket : sockets) {
				socket.close();
			}
		}
	}

	@Test
	void bombIsNotInflated() throws Exception {
		byte[] bomb = ExplorerContractTests.gzip(new byte[256 << 20]);
		assertThat(bomb.length).isLessThan(MAX);
		Reply reply = post(bomb, "Content-Type: application/json", "Content-Encoding: gzip");
		assertThat(reply.status()).isEqualTo(413);
		assertThat(reply.json().path("message").asString()).contains("Send smaller batches");
	}

	@Test
	void emptyMembersWithoutEndAreRefused() throws Exception {
		byte[] member = ExplorerContractTests.gzip(new byte[0]);
		ByteArrayOutputStream members = new ByteArrayOutputStream();
		while (members.size() + member.length <= MAX) {
			members.writeBytes(member);
		}
		await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> {
			Reply reply = post(members.toByteArray(), "Content-Type: application/json", "Content-Encoding: gzip");
			assertThat(reply.status()).isEqualTo(400);
			assertThat(reply.json().path("message").asString()).contains("too many empty members");
		});
	}

	@Test
	void senderThatLeavesIsNoFailure(CapturedOutput output) throws Exception {
		List<Socket> sockets = new ArrayList<>();
		for (int i = 0; i < Intake.Limits.DEFAULT.atOnce(); i++) {
			Socket socket = explorer.open(InetAddress.getLoopbackAddress());
			sockets.add(socket);
			write(socket, head("Content-Length: 1000") + "x");
		}
		await().atMost(Duration.ofSeconds(8))
			.untilAsserted(() -> assertThat(post(SentTraces.json("GET /"), "Content-Type: application/json").status())
				.isEqualTo(429));
		for (Socket socket : sockets) {
			socket.setSoLinger(true, 0);
			socket.close();
		}
		await().atMost(Duration.ofSeconds(5))
			.untilAsserted(() -> assertThat(post(SentTraces.json("GET /"), "Content-Type: application/json").status())
				.isEqualTo(200));
		await().during(Duration.ofMillis(300))
			.atMost(Duration.ofSeconds(5))
			.untilAsserted(() -> assertThat(output).doesNotContain("The explorer cannot answer"));
	}

	@Test
	void otherEncodingIsNotTaken() throws Exception {
		assertThat(post("x".getBytes(), "Content-Type: application/json", "Content-Encoding: br").status())
			.isEqualTo(415);
		assertThat(post("x".getBytes(), "Content-Type: application/json", "Content-Encoding: gzip, gzip").status())
			.isEqualTo(415);
	}

	@Test
	void tooManyRequestsAreToldWhenToComeAgain() throws Exception {
		List<Integer> statuses = new ArrayList<>();
		Reply last = null;
		for (int i = 0; i < 2000 && (last == null || last.status() == 200); i++) {
			last = post(SentTraces.json("GET /"), "Content-Type: application/json");
			statuses.add(last.status());
		}
		assertThat(last).isNotNull();
		assertThat(last.status()).isEqualTo(429);
		assertThat(Integer.parseInt(String.valueOf(last.header("Retry-After")))).isPositive();
		assertThat(statuses).hasSizeGreaterThan(20);
		await().atMost(Duration.ofSeconds(5))
			.untilAsserted(() -> assertThat(post(SentTraces.json("GET /"), "Content-Type: application/json").status())
				.isEqualTo(200));
	}

	private static void drip(Socket socket) {
		try {
			write(socket, "1\r\nx\r\n");
		}
		catch (IOException ex) {
			// Given up, as it should be
		}
	}

	private static String head(String length) {
		return "POST /hindspan/v1/traces HTTP/1.1\r\nHost: " + explorer.host()
				+ "\r\nContent-Type: application/json\r\n" + length + "\r\nConnection: close\r\n\r\n";
	}

	private static void write(Socket socket, String text) throws IOException {
		socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
		socket.getOutputStream().flush();
	}

	private static Reply post(byte[] body, String... headers) throws IOException {
		return explorer.send("POST", "/hindspan/v1/traces", body, headers);
	}

}
