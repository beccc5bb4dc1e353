package io.hindspan.explorer;

import java.util.Map;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;

import io.hindspan.span.UntracedRequests;

/**
 * Puts the explorer into WebFlux: behind whatever the application has at the same path,
 * and before its static resources.
 */
@AutoConfiguration(after = ExplorerAutoConfiguration.class)
@ConditionalOnWebApplication(type = Type.REACTIVE)
@ConditionalOnClass(DispatcherHandler.class)
@ConditionalOnBean(Explorer.class)
public final class ExplorerWebFluxAutoConfiguration {

	private static final int ORDER = Ordered.LOWEST_PRECEDENCE - 100;

	@Bean
	SimpleUrlHandlerMapping explorerHandlerMapping(Explorer explorer, ExplorerProperties properties) {
		String path = properties.path();
		ReactiveExplorer handler = new ReactiveExplorer(explorer, properties);
		return new SimpleUrlHandlerMapping(Map.of(path, handler, path + "/**", handler), ORDER);
	}

	@Bean
	UntracedRequests explorerRequests(ExplorerProperties properties) {
		return ExplorerPaths.untraced(properties.path());
	}

	@Bean
	ExplorerAddress explorerAddress(ExplorerProperties properties, Environment environment) {
		return new ExplorerAddress(environment.getProperty("spring.webflux.base-path", "") + properties.path());
	}

}
