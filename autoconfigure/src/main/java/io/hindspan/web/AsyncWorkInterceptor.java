package io.hindspan.web;

import java.util.concurrent.Callable;

import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.async.CallableProcessingInterceptor;

/**
 * Takes the request's span along to the thread that makes an asynchronous response (a
 * {@code Callable} or a {@code StreamingResponseBody}), whichever executor Spring MVC has
 * for that.
 */
final class AsyncWorkInterceptor implements CallableProcessingInterceptor {

	private static final Logger logger = LoggerFactory.getLogger(AsyncWorkInterceptor.class);

	private static final String HANDED_OVER = AsyncWorkInterceptor.class.getName() + ".handedOver";

	private final ContextSnapshotFactory snapshots = ContextSnapshotFactory.builder()
		.captureKeyPredicate(ObservationThreadLocalAccessor.KEY::equals)
		.build();

	private final ThreadLocal<@Nullable Entered> entered = new ThreadLocal<>();

	@Override
	public <T> void beforeConcurrentHandling(NativeWebRequest request, Callable<T> task) {
		request.setAttribute(HANDED_OVER, new HandedOver(this.snapshots.captureAll(), Context.current()),
				RequestAttributes.SCOPE_REQUEST);
	}

	@Override
	public <T> void preProcess(NativeWebRequest request, Callable<T> task) {
		try {
			if (request.getAttribute(HANDED_OVER, RequestAttributes.SCOPE_REQUEST) instanceof HandedOver handedOver) {
				this.entered.set(handedOver.enter());
			}
		}
		catch (IllegalStateException ex) {
			logger.debug("The request was over before its work began", ex);
		}
	}

	@Override
	public <T> void postProcess(NativeWebRequest request, Callable<T> task, @Nullable Object concurrentResult) {
		Entered entered = this.entered.get();
		if (entered != null) {
			this.entered.remove();
			entered.leave();
		}
	}

	private record HandedOver(ContextSnapshot snapshot, Context context) {

		Entered enter() {
			ContextSnapshot.Scope observation = this.snapshot.setThreadLocals();
			return new Entered(observation, this.context.makeCurrent());
		}

	}

	private record Entered(ContextSnapshot.Scope observation, Scope context) {

		void leave() {
			this.context.close();
			this.observation.close();
		}

	}

}
