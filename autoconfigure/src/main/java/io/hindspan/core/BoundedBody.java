package io.hindspan.core;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

import org.jspecify.annotations.Nullable;

/**
 * The body of a response, as far as it is not longer than it may be. A longer one fails
 * with an {@link IllegalArgumentException}. Used by one thread at a time.
 */
public final class BoundedBody implements HttpResponse.BodySubscriber<byte[]> {

	private final CompletableFuture<byte[]> body = new CompletableFuture<>();

	private final ByteArrayOutputStream received = new ByteArrayOutputStream();

	private final int maxSize;

	private Flow.@Nullable Subscription subscription;

	/**
	 * Creates a subscriber.
	 * @param maxSize how many bytes the body may have, 0 if it is not wanted
	 */
	public BoundedBody(int maxSize) {
		this.maxSize = maxSize;
	}

	@Override
	public CompletionStage<byte[]> getBody() {
		return this.body;
	}

	@Override
	public void onSubscribe(Flow.Subscription subscription) {
		this.subscription = subscription;
		if (this.maxSize == 0) {
			subscription.cancel();
			this.body.complete(new byte[0]);
			return;
		}
		subscription.request(1);
	}

	@Override
	public void onNext(List<ByteBuffer> buffers) {
		for (ByteBuffer buffer : buffers) {
			if (this.body.isDone()) {
				return;
			}
			if (buffer.remaining() > this.maxSize - this.received.size()) {
				this.body.completeExceptionally(
						new IllegalArgumentException("answers with more than " + this.maxSize + " bytes"));
				if (this.subscription != null) {
					this.subscription.cancel();
				}
				return;
			}
			byte[] bytes = new byte[buffer.remaining()];
			buffer.get(bytes);
			this.received.writeBytes(bytes);
		}
		if (this.subscription != null) {
			this.subscription.request(1);
		}
	}

	@Override
	public void onError(Throwable ex) {
		this.body.completeExceptionally(ex);
	}

	@Override
	public void onComplete() {
		this.body.complete(this.received.toByteArray());
	}

}
