package io.hindspan.test.server;

import java.net.InetAddress;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class PostgresServerIntegrationTests {

	@Test
	void sharesOneServer() throws Exception {
		PostgresServer server = PostgresServer.shared();
		assertThat(PostgresServer.shared()).isSameAs(server);
		assertThat(query(server, "SELECT current_database()")).isEqualTo(server.database());
	}

	@Test
	void startsAndStopsAServerOfOnesOwn() throws Exception {
		int port = ServerEnvironment.claimPort(0);
		try (PostgresServer server = PostgresServer.start(port)) {
			assertThat(server.port()).isEqualTo(port);
			assertThat(query(server, "SHOW server_version")).startsWith("18.");
			assertThat(ReachableFrom.otherMachines(port)).isEmpty();
			assertThatIllegalStateException().isThrownBy(() -> PostgresServer.start(port))
				.withMessageContaining("Port " + port + " of 127.0.0.1 is not free");
		}
		assertThat(ReachableFrom.answers(InetAddress.getByName("127.0.0.1"), port)).isFalse();
	}

	private static String query(PostgresServer server, String sql) throws SQLException {
		try (Connection connection = DriverManager.getConnection(server.jdbcUrl(), server.username(),
				server.password()); ResultSet result = connection.createStatement().executeQuery(sql)) {
			result.next();
			return result.getString(1);
		}
	}

}
