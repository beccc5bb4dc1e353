package io.hindspan.core;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FaultGuard}.
 */
@ExtendWith(OutputCaptureExtension.class)
class FaultGuardTests {

	private final FaultGuard guard = new FaultGuard("the test");

	@Test
	void handsResultsOn() {
		assertThat(this.guard.<String>get(() -> "result")).isEqualTo("result");
	}

	@Test
	void keepsFaultsAndTellsThemOnce(CapturedOutput output) {
		assertThat(this.guard.<String>get(() -> {
			throw new IllegalStateException("first");
		})).isNull();
		this.guard.run(() -> {
			throw new NoClassDefFoundError("second");
		});
		assertThat(output).containsOnlyOnce("Tracing of the test has failed")
			.contains("first")
			.doesNotContain("second");
	}

}
