package io.hindspan.propagation;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

/**
 * Tests for {@link RemoteFieldsPropagator}.
 */
class RemoteFieldsPropagatorTests {

	private final RemoteFieldsPropagator propagator = new RemoteFieldsPropagator(
			List.of("X-Tenant", "x-user", "X-Tenant"));

	@Test
	void readsItsFields() {
		assertThat(extract(Context.root(), Headers.of("x-tenant", "acme", "x-user", "", "x-other", "1")))
			.containsOnly(entry("X-Tenant", "acme"), entry("x-user", ""));
	}

	@Test
	void addsToBaggageThatIsThere() {
		Context context = Context.root().with(Baggage.builder().put("key", "value").put("x-user", "old").build());
		assertThat(extract(context, Headers.of("x-user", "new"))).containsOnly(entry("key", "value"),
				entry("x-user", "new"));
	}

	@Test
	void leavesContextAloneWithoutFields() {
		assertThat(this.propagator.extract(Context.root(), Headers.of("x-other", "1"), Headers.GETTER))
			.isSameAs(Context.root());
	}

	@Test
	void readsNoValueBeyondTheLimit() {
		assertThat(extract(Context.root(), Headers.of("x-tenant", "v".repeat(RemoteFieldsPropagator.MAX_LENGTH),
				"x-user", "v".repeat(RemoteFieldsPropagator.MAX_LENGTH + 1))))
			.containsOnlyKeys("X-Tenant");
	}

	@Test
	void writesItsFields() {
		Headers headers = inject(Baggage.builder().put("x-tenant", "acme").put("x-user", "1").put("y", "2").build());
		assertThat(headers.names()).containsExactly("X-Tenant", "x-user");
		assertThat(headers.values("X-Tenant")).containsExactly("acme");
	}

	@Test
	void writesFieldsOfTheContextItIsGiven() {
		try (Scope scope = Baggage.builder().put("x-user", "another").build().makeCurrent()) {
			assertThat(inject(Baggage.empty()).names()).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "a\r\nSet-Cookie: b", "a\nb", "\u0000", "\u007f", "\u20ac" })
	void writesNoValueThatBreaksRequest(String value) {
		assertThat(inject(Baggage.builder().put("x-user", value).put("X-Tenant", "\u00e9").build()).names())
			.containsExactly("X-Tenant");
	}

	private Map<String, String> extract(Context context, Headers headers) {
		Map<String, String> entries = new TreeMap<>();
		Baggage.fromContext(this.propagator.extract(context, headers, Headers.GETTER))
			.forEach((key, entry) -> entries.put(key, entry.getValue()));
		return entries;
	}

	private Headers inject(Baggage baggage) {
		Headers headers = Headers.of();
		this.propagator.inject(Context.root().with(baggage), headers, Headers.SETTER);
		return headers;
	}

}
