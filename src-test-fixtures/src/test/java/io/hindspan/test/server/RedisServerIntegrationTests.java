package io.hindspan.test.server;

import java.net.InetAddress;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class RedisServerIntegrationTests {

	@Test
	void sharesOneServer() {
		RedisServer server = RedisServer.shared();
		assertThat(RedisServer.shared()).isSameAs(server);
		assertThat(roundTrip(server)).isEqualTo("value");
	}

	@Test
	void startsAndStopsAServerOfOnesOwn() throws Exception {
		int port = ServerEnvironment.claimPort(0);
		try (RedisServer server = RedisServer.start(port)) {
			assertThat(server.port()).isEqualTo(port);
			assertThat(roundTrip(server)).isEqualTo("value");
			assertThat(ReachableFrom.otherMachines(port)).isEmpty();
			assertThatIllegalStateException().isThrownBy(() -> RedisServer.start(port))
				.withMessageContaining("Port " + port + " of 127.0.0.1 is not free");
		}
		assertThat(ReachableFrom.answers(InetAddress.getByName("127.0.0.1"), port)).isFalse();
	}

	@Test
	void hasAnImitationWhereTheBinaryDoesNotRun() throws Exception {
		try (RedisServer server = RedisServer.Imitation.start(0)) {
			assertThat(roundTrip(server)).isEqualTo("value");
			assertThat(ReachableFrom.otherMachines(server.port())).isEmpty();
		}
	}

	private static String roundTrip(RedisServer server) {
		try (RedisClient client = RedisClient.create(server.url());
				StatefulRedisConnection<String, String> connection = client.connect()) {
			connection.sync().set("hindspan-test", "value");
			return connection.sync().getdel("hindspan-test");
		}
	}

}
