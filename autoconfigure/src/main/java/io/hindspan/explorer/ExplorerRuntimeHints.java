package io.hindspan.explorer;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * The page, in a native image.
 */
final class ExplorerRuntimeHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		for (String type : Pages.TYPES.keySet()) {
			hints.resources().registerPattern("io/hindspan/explorer/*." + type);
			hints.resources().registerPattern("io/hindspan/explorer/**/*." + type);
		}
	}

}
