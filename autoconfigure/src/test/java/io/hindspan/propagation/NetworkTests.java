package io.hindspan.propagation;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for networks of addresses.
 */
class NetworkTests {

	@ParameterizedTest
	@CsvSource({ "10.0.0.0/8, 10.1.2.3", "10.0.0.0/8, 10.255.255.255", "10.1.2.3, 10.1.2.3", "0.0.0.0/0, 203.0.113.9",
			"192.168.4.0/22, 192.168.7.255", "192.168.4.128/25, 192.168.4.129", "10.0.0.0/8, ::ffff:10.1.2.3",
			"::ffff:10.0.0.0/104, 10.1.2.3", "::ffff:10.0.0.0/104, ::ffff:10.1.2.3", "::1, 0:0:0:0:0:0:0:1",
			"fd00::/8, fdff::1", "fe80::/10, fe80::1%eth0", "2001:db8::/33, 2001:db8:7fff::1", "::/0, 2001:db8::1",
			"[::1], [::1]" })
	void addressIsInNetwork(String network, String address) {
		assertThat(contains(network, address)).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "10.0.0.0/8, 11.0.0.0", "10.0.0.0/8, 9.255.255.255", "10.1.2.3, 10.1.2.4", "10.1.2.3/31, 10.1.2.4",
			"192.168.4.0/22, 192.168.8.0", "192.168.4.128/25, 192.168.4.127", "::/0, 10.1.2.3", "0.0.0.0/0, ::1",
			"2001:db8::/33, 2001:db8:8000::1", "fd00::/8, fc00::1", "::ffff:10.0.0.0/104, 11.0.0.1" })
	void addressIsOutsideOfNetwork(String network, String address) {
		assertThat(contains(network, address)).isFalse();
	}

	private static boolean contains(String network, String address) {
		byte[] octets = Network.address(address);
		assertThat(octets).isNotNull();
		return Network.of(network).contains(octets);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "tasks", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8x", "10.0.0", "10",
			"010.0.0.1", "256.0.0.1", "10.0.0.1.2", "::1/129", "::ffff:10.0.0.0/95", ":::1", "10.0.0.0/8/8", "a::g" })
	void otherTextIsNoNetwork(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> Network.of(text));
	}

	@Test
	void hugeTextIsNoAddress() {
		assertThat(Network.address("1".repeat(100_000))).isNull();
		assertThat(Network.address(":".repeat(100_000))).isNull();
		assertThat(Network.address(null)).isNull();
	}

}
