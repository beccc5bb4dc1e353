package io.hindspan.retry;

import java.io.IOException;

import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.jspecify.annotations.Nullable;

/**
 * Tells each further attempt of a request that Apache HttpClient sends again by itself.
 * It stands within the client's retries and so sees every attempt; a redirected request
 * has attempts of its own.
 */
final class HttpAttempts implements ExecChainHandler {

	private static final String LAST_ATTEMPT = HttpAttempts.class.getName();

	@Override
	public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
			throws IOException, HttpException {
		Attempt attempt = Attempt.after(scope.clientContext.getAttribute(LAST_ATTEMPT), scope);
		scope.clientContext.setAttribute(LAST_ATTEMPT, attempt);
		try {
			ClassicHttpResponse response = chain.proceed(request, scope);
			attempt.reason = Integer.toString(response.getCode());
			return response;
		}
		catch (IOException | HttpException | RuntimeException ex) {
			attempt.reason = ex.getClass().getName();
			throw ex;
		}
	}

	/**
	 * An attempt, and why it is the last one or not.
	 */
	private static final class Attempt {

		private final ExecChain.Scope scope;

		private final long number;

		private @Nullable String reason;

		private Attempt(ExecChain.Scope scope, long number) {
			this.scope = scope;
			this.number = number;
		}

		static Attempt after(@Nullable Object last, ExecChain.Scope scope) {
			if (!(last instanceof Attempt before) || before.scope != scope) {
				return new Attempt(scope, 1);
			}
			RetryEvents.write(before.number + 1, RetryEvents.UNKNOWN, before.reason);
			return new Attempt(scope, before.number + 1);
		}

	}

}
