package io.hindspan.jdbc;

import javax.sql.DataSource;

import jakarta.persistence.EntityManager;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.test.autoconfigure.DataJpaTest;
import org.springframework.boot.jdbc.test.autoconfigure.AutoConfigureTestDatabase;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;
import org.springframework.test.context.ContextConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for applications under test: slices start as ever, and a database that takes the
 * place of the real one is traced like it.
 */
@ContextConfiguration(classes = SlicesTests.Application.class)
class SlicesTests {

	@Nested
	@DataJpaTest
	class JpaSlice {

		@Test
		void startsWithItsEmbeddedDatabase(@Autowired EntityManager entityManager, @Autowired DataSource dataSource) {
			entityManager.persist(new JdbcTracingTests.Task());
			entityManager.flush();
			assertThat(dataSource).isInstanceOf(EmbeddedDatabase.class).isNotInstanceOf(TracedDataSource.class);
		}

	}

	@Nested
	@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE)
	@AutoConfigureTestDatabase
	class TestDatabase {

		@Test
		void takesThePlaceOfTheRealOne(@Autowired ApplicationContext context, @Autowired DataSource dataSource) {
			assertThat(dataSource).isInstanceOf(EmbeddedDatabase.class).isInstanceOf(TracedDataSource.class);
			assertThat(new JdbcTemplate(dataSource).queryForObject("select 1", Integer.class)).isEqualTo(1);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EntityScan(basePackageClasses = JdbcTracingTests.Task.class)
	static class Application {

	}

}
