package io.hindspan.compatibility;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What an application on the class path of the tests leaves out.
 */
enum Excluded {

	/** Needs a database. */
	DATA_SOURCE("org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration"),

	/** Costs seconds, and is no concern of a test without entities. */
	JPA("org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration",
			"org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration"),

	/** Closes everything to callers without a password. */
	SECURITY("org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.ReactiveUserDetailsServiceAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration");

	private final String classes;

	Excluded(String... classes) {
		this.classes = String.join(",", classes);
	}

	/**
	 * The argument of an application that leaves these out.
	 */
	static String argument(Excluded... excluded) {
		return "--spring.autoconfigure.exclude=" + names(excluded);
	}

	/**
	 * The names of the auto-configurations that are left out.
	 */
	static String names(Excluded... excluded) {
		return Stream.of(excluded).map((each) -> each.classes).collect(Collectors.joining(","));
	}

}
