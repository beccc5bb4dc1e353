package io.hindspan.benchmarks.sampling;

import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/**
 * A service on the reactive stack.
 */
@Configuration(proxyBeanMethods = false)
class ReactiveService {

	@Bean
	ReactiveWorker worker(Service service, Journal journal, Steps steps, Calls calls) {
		return new ReactiveWorker(service, journal, steps, calls);
	}

	@RestController
	static final class Endpoint {

		private final ReactiveWorker worker;

		Endpoint(ReactiveWorker worker) {
			this.worker = worker;
		}

		@GetMapping("/work/{order}")
		Mono<String> work(@PathVariable String order,
				@RequestHeader(name = TraceHeader.TRACE_PARENT, required = false) @Nullable String traceParent) {
			return this.worker.start(Order.parse(order), traceParent).thenReturn("done");
		}

	}

}
