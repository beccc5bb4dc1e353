package io.hindspan.export;

import java.io.IOException;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import org.jspecify.annotations.Nullable;

import io.hindspan.core.Bound;
import io.hindspan.export.spool.Spool;
import io.hindspan.export.spool.SpoolListener;
import io.hindspan.export.spool.SpoolLoss;
import io.hindspan.export.spool.StoredBatch;

/**
 * Where spans are sent to: an exporter behind a bounded queue and a thread of its own, so
 * that nobody waits for it and its failures are its own. Batches are sent one after the
 * other. One that may be taken later is sent again, and the others wait; one that never
 * will be is set aside. Thread-safe.
 */
final class Target {

	private static final int MAX_UNEXPLAINED_FAILURES = 5;

	/** While shutting down, a second failure is enough. */
	private static final int MAX_LAST_FAILURES = 2;

	private final String name;

	private final SpanExporter exporter;

	private final Delivery delivery;

	private final TargetStatistics statistics = new TargetStatistics();

	private final TargetStatus status;

	private final @Nullable Spool spool;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition change = this.lock.newCondition();

	private final Deque<Batch> queue = new ArrayDeque<>();

	private final List<Flush> flushes = new ArrayList<>();

	private @Nullable Batch sending;

	private volatile @Nullable Thread thread;

	private int size;

	private long offered;

	private boolean closing;

	private volatile long deadline;

	/** Whether what comes goes to the spool at once, behind what is there. */
	private volatile boolean spooling;

	/**
	 * Of the sending thread: how many attempts have failed since the last that was
	 * answered.
	 */
	private int failures;

	/**
	 * Of the sending thread: whether the spool has batches that it cannot read now.
	 */
	private boolean unreadable;

	/**
	 * Creates a target whose thread starts with the first span.
	 * @param name the name in meters, health and log
	 * @param spool makes the spool, or {@code null} for none
	 */
	Target(String name, SpanExporter exporter, Delivery delivery, Clock clock,
			@Nullable Function<SpoolListener, Spool> spool) {
		this.name = name;
		this.exporter = exporter;
		this.delivery = delivery;
		this.status = new TargetStatus(name, clock);
		this.spool = (spool != null) ? spool.apply(this::lost) : null;
	}

	/**
	 * What cannot be written is given up, or not, by who wanted to.
	 */
	private void lost(SpoolLoss loss, long spans) {
		switch (loss) {
			case FULL -> this.statistics.dropped(DropReason.SPOOL_FULL, spans);
			case EXPIRED -> this.statistics.dropped(DropReason.SPOOL_EXPIRED, spans);
			case UNREADABLE -> this.statistics.dropped(DropReason.SPOOL_UNREADABLE, spans);
			case UNWRITABLE -> {
			}
		}
	}

	/**
	 * Begins to send what another process has left in the spool.
	 */
	void resume() {
		if (hasSpooled()) {
			this.spooling = true;
			wake();
		}
	}

	private void wake() {
		this.lock.lock();
		try {
			start();
			this.change.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean hasSpooled() {
		return this.spool != null && !this.spool.isEmpty();
	}

	@Nullable Spool spool() {
		return this.spool;
	}

	String name() {
		return this.name;
	}

	SpanExporter exporter() {
		return this.exporter;
	}

	TargetStatistics statistics() {
		return this.statistics;
	}

	TargetStatus status() {
		return this.status;
	}

	/**
	 * How many spans may wait, those being sent included.
	 */
	int capacity() {
		return this.delivery.maxQueueSize();
	}

	/**
	 * The bounds that it keeps.
	 */
	List<Bound> bounds() {
		Bound queue = new Bound("Spans that wait for target '" + this.name + "'", Bound.Unit.SPANS, (long) size(),
				capacity(), this.statistics.dropped(DropReason.QUEUE_FULL), "spans given up",
				"hindspan.export.max-queue-size");
		if (this.spool == null) {
			return List.of(queue);
		}
		return List.of(queue,
				new Bound("Spans that wait on disk for target '" + this.name + "'", Bound.Unit.BYTES,
						this.spool.bytes(), this.spool.maxBytes(), this.statistics.dropped(DropReason.SPOOL_FULL),
						"spans given up", "hindspan.export.spool.max-size"));
	}

	/**
	 * How many spans wait, those being sent included.
	 */
	int size() {
		this.lock.lock();
		try {
			return this.size;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * How many spans are being sent.
	 */
	int inFlight() {
		this.lock.lock();
		try {
			return (this.sending != null) ? this.sending.size() : 0;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Puts spans into the queue, or into the spool while the target does not take any.
	 * Does not wait for the target: where there is no room, the oldest batches that are
	 * not being sent make some.
	 * @param spans a list that does not change
	 */
	void offer(List<SpanData> spans) {
		boolean spooling;
		do {
			spooling = this.spooling;
			if (spooling && store(spans)) {
				return;
			}
		}
		while (!enqueue(spans, spooling));
	}

	/**
	 * Puts spans into the queue.
	 * @param spooling whether the spool has refused them
	 * @return false if all that was in the queue has gone to disk in between, behind
	 * which these must wait
	 */
	private boolean enqueue(List<SpanData> spans, boolean spooling) {
		List<Batch> unsent = new ArrayList<>(0);
		DropReason reason = DropReason.QUEUE_FULL;
		this.lock.lock();
		try {
			if (this.spooling && !spooling) {
				return false;
			}
			Batch batch = new Batch(this.offered++, spans);
			if (this.closing) {
				reason = DropReason.SHUTDOWN;
				unsent.add(batch);
			}
			else {
				while (this.size + batch.size() > capacity() && !this.queue.isEmpty()) {
					unsent.add(poll());
				}
				if (this.size + batch.size() > capacity()) {
					unsent.add(batch);
				}
				else {
					this.queue.add(batch);
					this.size += batch.size();
					start();
					this.change.signalAll();
				}
			}
		}
		finally {
			this.lock.unlock();
		}
		if (!unsent.isEmpty()) {
			giveUp(unsent, reason);
			completeFlushes();
		}
		return true;
	}

	private Batch poll() {
		Batch oldest = this.queue.remove();
		this.size -= oldest.size();
		return oldest;
	}

	private void start() {
		if (this.thread == null) {
			Thread sender = new Thread(this::run, "hindspan-export-" + this.name);
			sender.setDaemon(true);
			try {
				sender.start();
				this.thread = sender;
			}
			catch (OutOfMemoryError ex) {
				// There are too many threads. The next batch tries again
			}
		}
	}

	private void run() {
		while (true) {
			try {
				Batch batch = takeStored();
				if (batch == null) {
					batch = take();
				}
				if (batch != null) {
					send(batch);
				}
				else if (isClosing()) {
					return;
				}
				else if (this.unreadable) {
					rest();
				}
			}
			catch (Throwable ex) {
				// The thread must go on, whatever an exporter, a log or a disk does
				if (!setAside(ex)) {
					rest();
				}
			}
		}
	}

	/**
	 * So that what fails all the time does not take all the time.
	 */
	private void rest() {
		this.lock.lock();
		try {
			if (!this.closing) {
				this.change.awaitNanos(this.delivery.firstRetry().toNanos());
			}
		}
		catch (InterruptedException ex) {
			// Only by close, which is seen next
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Takes the oldest batch of the spool, which are all older than those of the queue.
	 * When the application ends they are safe where they are.
	 */
	private @Nullable Batch takeStored() {
		if (this.spool == null || !hasSpooled() || isClosing()) {
			return null;
		}
		StoredBatch stored;
		try {
			stored = this.spool.oldest();
			this.unreadable = false;
		}
		catch (IOException ex) {
			// What is in memory can be sent meanwhile
			this.unreadable = true;
			return null;
		}
		if (stored == null) {
			return null;
		}
		Batch batch = new Batch(-1, stored.spans(), stored);
		this.lock.lock();
		try {
			this.sending = batch;
			this.size += batch.size();
			return batch;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Waits for the next batch of the queue.
	 * @return the batch, or {@code null} if there is one in the spool, or none any more
	 */
	private @Nullable Batch take() throws InterruptedException {
		this.lock.lock();
		try {
			while (this.queue.isEmpty()) {
				if (this.closing || hasSpooled()) {
					return null;
				}
				this.spooling = false;
				this.change.await();
			}
			// Counts in size until it is released
			this.sending = this.queue.remove();
			return this.sending;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void send(Batch batch) throws InterruptedException {
		int unexplained = 0;
		int lastFailures = 0;
		while (true) {
			SendFailure failure = attempt(batch);
			if (failure == null) {
				this.failures = 0;
				taken(batch, 0);
				this.status.succeeded(size() == 0);
				return;
			}
			if (!isSending(batch)) {
				// It was given up while it was being sent
				return;
			}
			this.failures++;
			if (failure.kind() == SendFailure.Kind.PARTIAL) {
				this.failures = 0;
				this.status.failed(TargetStatus.State.REFUSING, failure);
				taken(batch, Math.min(failure.rejected(), batch.size()));
				return;
			}
			if (failure.kind() == SendFailure.Kind.LASTING) {
				this.failures = 0;
				this.status.failed(TargetStatus.State.REFUSING, failure);
				setAside(batch, DropReason.REJECTED);
				return;
			}
			if (failure.kind() == SendFailure.Kind.UNKNOWN && ++unexplained == MAX_UNEXPLAINED_FAILURES) {
				this.status.failed(TargetStatus.State.REFUSING, failure);
				setAside(batch, DropReason.FAILED);
				return;
			}
			this.status.failed(TargetStatus.State.UNREACHED, failure);
			boolean spilled = batch.stored() == null && failure.kind() == SendFailure.Kind.PASSING && spill(batch);
			if (isClosing()) {
				lastFailures++;
			}
			if (lastFailures == MAX_LAST_FAILURES || !pause(this.failures, failure)) {
				giveUpAll();
				return;
			}
			this.statistics.retried();
			if (spilled) {
				return;
			}
		}
	}

	private @Nullable SendFailure attempt(Batch batch) {
		CompletableResultCode result;
		try {
			result = Objects.requireNonNull(this.exporter.export(batch.spans()), "no result");
		}
		catch (Throwable ex) {
			return SendFailure.of(ex);
		}
		result.join(this.delivery.timeout().toNanos(), TimeUnit.NANOSECONDS);
		// An exporter may leave it behind, with success as well
		boolean interrupted = Thread.interrupted();
		if (!result.isDone()) {
			return SendFailure.passing(interrupted ? "was interrupted"
					: "has not answered in " + this.delivery.timeout().toMillis() + " ms", null);
		}
		return result.isSuccess() ? null : SendFailure.of(result.getFailureThrowable());
	}

	/**
	 * Waits before the next attempt. The beginning of the end ends the wait, and a wait
	 * that begins after it is short.
	 * @return whether there is time for another attempt
	 */
	private boolean pause(int failures, SendFailure failure) throws InterruptedException {
		long nanos = this.delivery.delayNanos(failures, failure, ThreadLocalRandom.current().nextDouble());
		this.lock.lock();
		try {
			boolean wasClosing = this.closing;
			if (wasClosing) {
				nanos = (failure.retryAfter() != null) ? nanos : Math.min(nanos, this.delivery.firstRetry().toNanos());
				if (nanos > this.deadline - System.nanoTime()) {
					return false;
				}
			}
			while (nanos > 0 && this.closing == wasClosing) {
				nanos = this.change.awaitNanos(nanos);
			}
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean isSending(Batch batch) {
		this.lock.lock();
		try {
			return this.sending == batch;
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean isClosing() {
		this.lock.lock();
		try {
			return this.closing;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Has a batch that could not be sent, and all that wait behind it, wait on disk. One
	 * that another thread stores in the same moment is sent twice.
	 * @return whether the batch is there
	 */
	private boolean spill(Batch batch) {
		if (isClosing() || !store(batch.spans())) {
			return false;
		}
		release(batch);
		Batch next = nextToSpill(null);
		while (next != null && store(next.spans())) {
			next = nextToSpill(next);
		}
		completeFlushes();
		return true;
	}

	/**
	 * Takes what has been spilled out of the queue. Once that is empty new batches go
	 * directly to disk: sooner they would overtake those in the queue.
	 */
	private @Nullable Batch nextToSpill(@Nullable Batch spilled) {
		this.lock.lock();
		try {
			if (spilled != null && this.queue.peek() == spilled) {
				poll();
			}
			Batch next = this.queue.peek();
			this.spooling = next == null;
			return next;
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean store(List<SpanData> spans) {
		if (this.spool == null || !this.spool.store(spans)) {
			return false;
		}
		this.statistics.spooled(spans.size());
		wake();
		return true;
	}

	private void taken(Batch batch, long rejected) {
		forget(batch);
		if (release(batch)) {
			this.statistics.exported(batch.size() - rejected);
			if (rejected > 0) {
				this.statistics.dropped(DropReason.REJECTED, rejected);
			}
			completeFlushes();
		}
	}

	private boolean setAside(Throwable failure) {
		Batch batch;
		this.lock.lock();
		try {
			batch = this.sending;
		}
		finally {
			this.lock.unlock();
		}
		if (batch == null || !release(batch)) {
			return false;
		}
		forget(batch);
		this.statistics.dropped(DropReason.FAILED, batch.size());
		this.status.failed(TargetStatus.State.REFUSING, SendFailure.of(failure));
		completeFlushes();
		return true;
	}

	private void forget(Batch batch) {
		if (this.spool != null && batch.stored() != null) {
			this.spool.remove(batch.stored());
		}
	}

	private void setAside(Batch batch, DropReason reason) {
		forget(batch);
		if (release(batch)) {
			giveUp(List.of(batch), reason);
			completeFlushes();
		}
	}

	/**
	 * Ends the sending of a batch.
	 * @return false if the batch has been given up while it was being sent
	 */
	private boolean release(Batch batch) {
		this.lock.lock();
		try {
			if (this.sending != batch) {
				return false;
			}
			this.sending = null;
			this.size -= batch.size();
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void giveUpAll() {
		List<Batch> unsent = new ArrayList<>();
		this.lock.lock();
		try {
			if (this.sending != null && this.sending.stored() == null) {
				unsent.add(this.sending);
			}
			unsent.addAll(this.queue);
			this.sending = null;
			this.queue.clear();
			this.size = 0;
		}
		finally {
			this.lock.unlock();
		}
		giveUp(unsent, DropReason.SHUTDOWN);
		completeFlushes();
	}

	/**
	 * Where every batch comes to that is not sent, whatever the reason. What the target
	 * might still take goes to the spool.
	 */
	private void giveUp(List<Batch> unsent, DropReason reason) {
		boolean mayBeTaken = reason == DropReason.QUEUE_FULL || reason == DropReason.SHUTDOWN;
		long spans = 0;
		for (Batch batch : unsent) {
			if (!mayBeTaken || !store(batch.spans())) {
				spans += batch.size();
			}
		}
		if (spans == 0) {
			return;
		}
		this.statistics.dropped(reason, spans);
		if (reason == DropReason.QUEUE_FULL) {
			this.status.full(capacity());
		}
		if (reason == DropReason.SHUTDOWN) {
			this.status.abandoned(spans);
		}
	}

	/**
	 * Tells when all that has been offered so far is sent or given up.
	 */
	CompletableResultCode flush() {
		CompletableResultCode result = new CompletableResultCode();
		this.lock.lock();
		try {
			this.flushes.add(new Flush(this.offered, result));
		}
		finally {
			this.lock.unlock();
		}
		completeFlushes();
		return result;
	}

	private void completeFlushes() {
		List<Flush> complete = new ArrayList<>(0);
		this.lock.lock();
		try {
			if (this.flushes.isEmpty()) {
				return;
			}
			Batch oldest = (this.sending != null && this.sending.stored() == null) ? this.sending : this.queue.peek();
			this.flushes
				.removeIf((flush) -> (oldest == null || oldest.number() >= flush.before()) && complete.add(flush));
		}
		finally {
			this.lock.unlock();
		}
		complete.forEach((flush) -> flushExporter(flush.result()));
	}

	private void flushExporter(CompletableResultCode result) {
		try {
			CompletableResultCode flushed = this.exporter.flush();
			flushed.whenComplete(() -> {
				if (flushed.isSuccess()) {
					result.succeed();
				}
				else {
					result.fail();
				}
			});
		}
		catch (Throwable ex) {
			result.failExceptionally(ex);
		}
	}

	/**
	 * Takes no more spans and begins to send what waits without long pauses.
	 */
	void beginClose() {
		this.lock.lock();
		try {
			this.closing = true;
			this.deadline = System.nanoTime() + this.delivery.shutdownTimeout().toNanos();
			this.change.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Waits until what waited is sent, as long as there is time, and gives up the rest.
	 * {@link #beginClose} must have been called.
	 */
	void awaitClose() {
		Thread sender = this.thread;
		if (sender != null) {
			try {
				TimeUnit.NANOSECONDS.timedJoin(sender, Math.max(1, this.deadline - System.nanoTime()));
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
		// There may be spans without a thread, which could not be started
		giveUpAll();
		if (sender != null) {
			sender.interrupt();
		}
		try {
			// Ends requests that are still under way
			this.exporter.shutdown();
		}
		catch (Throwable ex) {
			this.status.failed(TargetStatus.State.UNREACHED, SendFailure.of(ex));
		}
		if (this.spool != null) {
			this.spool.close();
		}
	}

	@Override
	public String toString() {
		return "Target{" + this.name + ", " + this.exporter + "}";
	}

	/**
	 * Somebody who waits until all batches before a certain one are dealt with.
	 */
	private record Flush(long before, CompletableResultCode result) {
	}

}
