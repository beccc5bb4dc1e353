package io.hindspan.propagation;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ForwardedAddresses}.
 */
class ForwardedAddressesTests {

	private final TrustList list = TrustList.ofNetworks("callers", List.of("10.0.0.0/8", "fd00::/8"));

	@ParameterizedTest
	@ValueSource(strings = { "10.0.0.1", " 10.0.0.1 ,10.0.0.2:4711", "[fd00::1]:80, fd00::2,[fd00::3]", "", ",",
			"::ffff:10.0.0.1" })
	void trustedOnesAreInTheList(String forwardedFor) {
		assertThat(new ForwardedAddresses(List.of(), List.of(forwardedFor)).areIn(this.list)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "10.0.0.1, 203.0.113.9", "203.0.113.9, 10.0.0.1", "10.0.0.1, unknown", "10.0.0.1, _hidden",
			"10.0.0.1, [2001:db8::1]:80", "10.0.0.1 203.0.113.9", "10.0.0.1, 203.0.113.9:80", "\"10.0.0.1\"" })
	void oneThatIsNotTrustedIsNot(String forwardedFor) {
		assertThat(new ForwardedAddresses(List.of(), List.of(forwardedFor)).areIn(this.list)).isFalse();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "for=10.0.0.1;proto=http, For=\"[fd00::1]:80\"|true", "by=203.0.113.9;for=10.0.0.1|true",
					"for=10.0.0.1, for=203.0.113.9|false", "FOR=203.0.113.9|false", "for=\"_x,for=10.0.0.1\"|false",
					"for=unknown|false" })
	void forwardedIsReadAsOthersDo(String forwarded, boolean trusted) {
		assertThat(new ForwardedAddresses(List.of(forwarded), List.of()).areIn(this.list)).isEqualTo(trusted);
	}

	@Test
	void severalHeadersAreOneList() {
		ForwardedAddresses way = new ForwardedAddresses(List.of("for=10.0.0.2", "for=10.0.0.4"),
				List.of("10.0.0.1", "203.0.113.9"));
		assertThat(way.areIn(this.list)).isFalse();
		assertThat(way.beginWith(Network.address("10.0.0.1"))).isTrue();
		assertThat(way.beginWith(Network.address("10.0.0.2"))).isTrue();
		assertThat(way.beginWith(Network.address("10.0.0.4"))).isFalse();
		assertThat(way.beginWith(null)).isFalse();
	}

}
