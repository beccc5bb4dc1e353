package io.hindspan.guard;

import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/**
 * Makes guards as the auto-configuration does, without an application.
 */
final class Guards {

	private Guards() {
	}

	static TextGuard texts(ValueDetector... more) {
		ValueDetector all = new TextDetector(EnumSet.allOf(Detector.class));
		for (ValueDetector detector : more) {
			all = all.and(detector);
		}
		return new TextGuard(all, all, new GuardStatistics(List.of()), Integer.MAX_VALUE);
	}

	static SpanGuard start() {
		return start(new ApplicationContextRunner());
	}

	static SpanGuard start(ApplicationContextRunner runner) {
		AtomicReference<SpanGuard> guard = new AtomicReference<>();
		runner.withConfiguration(AutoConfigurations.of(GuardAutoConfiguration.class))
			.run((context) -> guard.set(context.getBean(SpanGuard.class)));
		return guard.get();
	}

	static String mask(String text) {
		TextGuard texts = texts();
		return texts.guard(text, texts.newFindings());
	}

}
