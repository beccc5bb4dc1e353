package io.hindspan.explorer;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.handler.MappedInterceptor;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Where the explorer is in Spring MVC: behind whatever the application has at the same
 * path, and before its static resources. The application's interceptors are asked as for
 * its own handlers.
 */
final class ExplorerHandlerMapping extends SimpleUrlHandlerMapping {

	static final int ORDER = Ordered.LOWEST_PRECEDENCE - 100;

	private static final String APPLICATIONS = "requestMappingHandlerMapping";

	ExplorerHandlerMapping(ServletExplorer explorer, String path) {
		super(Map.of(path, explorer, path + "/**", explorer), ORDER);
	}

	@Override
	protected void extendInterceptors(List<Object> interceptors) {
		ApplicationContext context = obtainApplicationContext();
		if (context.containsBean(APPLICATIONS)
				&& context.getBean(APPLICATIONS) instanceof RequestMappingHandlerMapping mapping) {
			HandlerInterceptor[] adapted = mapping.getAdaptedInterceptors();
			List<HandlerInterceptor> all = (adapted != null) ? Arrays.asList(adapted) : List.of();
			// Those that are beans are found by every mapping itself
			all.stream()
				.filter((interceptor) -> !(interceptor instanceof MappedInterceptor)
						|| !context.getBeansOfType(MappedInterceptor.class, true, false).containsValue(interceptor))
				.forEach(interceptors::add);
		}
	}

}
