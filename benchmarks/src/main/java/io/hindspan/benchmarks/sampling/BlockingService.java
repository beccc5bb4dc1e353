package io.hindspan.benchmarks.sampling;

import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/**
 * A service on the servlet stack.
 */
@Configuration(proxyBeanMethods = false)
class BlockingService {

	@Bean
	BlockingWorker worker(Service service, Journal journal, Steps steps, Calls calls) {
		return new BlockingWorker(service, journal, steps, calls);
	}

	@RestController
	static final class Endpoint {

		private final BlockingWorker worker;

		Endpoint(BlockingWorker worker) {
			this.worker = worker;
		}

		@GetMapping("/work/{order}")
		String work(@PathVariable String order,
				@RequestHeader(name = TraceHeader.TRACE_PARENT, required = false) @Nullable String traceParent) {
			this.worker.work(Order.parse(order), traceParent);
			return "done";
		}

	}

}
