package io.hindspan.test.server;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIf;
import org.junit.jupiter.api.condition.EnabledIf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class MariaDbServerIntegrationTests {

	@Test
	@EnabledIf("io.hindspan.test.server.MariaDbServer#isAvailable")
	void usesTheServerOfThisMachine() throws Exception {
		MariaDbServer server = MariaDbServer.shared();
		try (Connection connection = DriverManager.getConnection(server.jdbcUrl(), server.username(),
				server.password()); ResultSet result = connection.createStatement().executeQuery("SELECT database()")) {
			assertThat(result.next()).isTrue();
			assertThat(result.getString(1)).isEqualTo(server.database());
		}
	}

	@Test
	@DisabledIf("io.hindspan.test.server.MariaDbServer#isAvailable")
	void tellsHowToUseTheServerOfThisMachine() {
		assertThatIllegalStateException().isThrownBy(MariaDbServer::shared)
			.withMessageContaining("hindspan.test.servers=external");
	}

}
