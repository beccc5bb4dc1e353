package io.hindspan.propagation;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for lists of those who are trusted.
 */
class TrustListTests {

	private final TrustList hosts = TrustList.ofHosts("hosts",
			List.of("tasks", "*.internal.example", "10.0.0.0/8", "::1"));

	@ParameterizedTest
	@ValueSource(strings = { "tasks", "TASKS", "tasks.", "a.internal.example", "a.b.Internal.Example.", "10.1.2.3",
			"[::1]", "::1", "::ffff:10.1.2.3" })
	void listedHostIsTrusted(String host) {
		assertThat(this.hosts.hasHost(host)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "task", "tasks2", "internal.example", ".internal.example", "xinternal.example",
			"internal.example.evil.example", "11.1.2.3", "[::2]", "10.1.2.3.evil.example" })
	void otherHostIsNotTrusted(String host) {
		assertThat(this.hosts.hasHost(host)).isFalse();
	}

	@Test
	void hostThatIsNotKnownIsNotTrusted() {
		assertThat(this.hosts.hasHost(null)).isFalse();
		assertThat(TrustList.ofHosts("hosts", List.of("all")).hasHost(null)).isTrue();
	}

	@Test
	void nobodyIsTrustedWhereNoneIsSaid() {
		for (List<String> none : List.of(List.of("none"), List.<String>of())) {
			TrustList list = TrustList.ofNetworks("callers", none);
			assertThat(list.isAll()).isFalse();
			assertThat(list.hasAddress(new byte[] { 127, 0, 0, 1 })).isFalse();
		}
	}

	@ParameterizedTest
	@CsvSource({ "'10.0.0.0/8,tasks', 1", "'10.0.0.0/99', 0", "'::1,all', 1", "'none,::1', 0", "'::1,,::1', 1" })
	void wrongEntryIsNamedWithItsIndex(String entries, int index) {
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> TrustList.ofNetworks("callers", List.of(entries.split(","))))
			.satisfies((ex) -> assertThat(ex.getName()).isEqualTo("callers[" + index + "]"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "a b", "*", "*.*.example", "a..b", "http://tasks", "tasks:8080", "10.0.0" })
	void wrongNameIsRefused(String name) {
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> TrustList.ofHosts("hosts", List.of(name)));
	}

}
