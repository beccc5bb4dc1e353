package io.hindspan.store.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;

import org.h2.mvstore.MVStoreException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hindspan.core.Bound;
import io.hindspan.store.SpanRecord;
import io.hindspan.store.Trace;
import io.hindspan.store.TraceQuery;

/**
 * Traces on disk, for a time and up to a size. A thread of its own writes them once a
 * second, unless it makes the file shorter or mends it, so a crash of the process loses
 * no more than that. Whatever happens to the file, the application never notices: spans
 * are given up and counted, it is said once, and tried again. Thread-safe.
 */
public final class DiskTraces implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(DiskTraces.class);

	private static final long MOST_WAITING_BYTES = 32 * 1024 * 1024;

	/** Of the heap. */
	private static final int SHARE = 16;

	private static final long COMMIT_NANOS = TimeUnit.SECONDS.toNanos(1);

	/** Of what may wait. */
	private static final int COMMITTED_AT_ONCE = 4;

	/** Of which the nanoseconds are a number. */
	private static final Duration LONGEST = Duration.ofDays(100 * 365);

	private static final long CLOSE_SECONDS = 10;

	private final HeldFile file;

	private final Duration retention;

	private final long maxBytes;

	private final Clock clock;

	private final long maintenanceNanos;

	private final BlockingQueue<Work> queue = new LinkedBlockingQueue<>();

	private final long maxWaitingBytes = Math.min(MOST_WAITING_BYTES, Runtime.getRuntime().maxMemory() / SHARE);

	/** What waits and what is not committed. */
	private final AtomicLong waitingBytes = new AtomicLong();

	private final AtomicLong lost = new AtomicLong();

	private final AtomicLong expired = new AtomicLong();

	private final AtomicLong evicted = new AtomicLong();

	/** How often the file is to be cleared by who writes, behind what waits. */
	private final AtomicInteger clearing = new AtomicInteger();

	private final Readers readers = new Readers();

	private final Thread writer;

	private volatile @Nullable String problem;

	private volatile boolean closed;

	private volatile long bytes;

	private volatile boolean unreadable;

	private volatile boolean ended;

	/** Of the writer, as all that follows: written since the last commit. */
	private final List<Append> uncommitted = new ArrayList<>();

	private long uncommittedBytes;

	/** How often the file was to be cleared and could not yet be. */
	private int forgetting;

	private boolean reopened;

	private boolean salvaged;

	private long rewriteFailed;

	/**
	 * Opens the file, or begins it. If it cannot be used, that is said, and it is tried
	 * again every minute.
	 * @param directory the directory of the file, which is created for its owner alone
	 * @param retention how long a trace is kept from its start
	 * @param maxBytes how long the file may be; beyond, the oldest traces are deleted
	 * @param clock tells what is old
	 */
	public DiskTraces(Path directory, Duration retention, long maxBytes, Clock clock) {
		this(directory, retention, maxBytes, clock, Duration.ofMinutes(1));
	}

	DiskTraces(Path directory, Duration retention, long maxBytes, Clock clock, Duration maintenance) {
		this.file = new HeldFile(directory);
		this.retention = (retention.compareTo(LONGEST) < 0) ? retention : LONGEST;
		this.maxBytes = maxBytes;
		this.clock = clock;
		this.maintenanceNanos = maintenance.toNanos();
		this.rewriteFailed = System.nanoTime() - this.maintenanceNanos;
		open();
		this.writer = new Thread(this::write, "hindspan-traces-on-disk");
		this.writer.setDaemon(true);
		this.writer.start();
	}

	/**
	 * Has spans written. This never blocks.
	 * @param spans the spans, of any traces
	 * @param bytes what they take in memory, as estimated
	 * @return whether they will be, unless the disk fails
	 */
	public boolean append(Collection<SpanRecord> spans, long bytes) {
		if (spans.isEmpty()) {
			return true;
		}
		if (this.closed || this.ended || this.file.open() == null) {
			this.lost.addAndGet(spans.size());
			return false;
		}
		long waiting = this.waitingBytes.addAndGet(bytes);
		if (waiting > this.maxWaitingBytes && waiting > bytes) {
			this.waitingBytes.addAndGet(-bytes);
			this.lost.addAndGet(spans.size());
			return false;
		}
		this.queue.add(new Append(List.copyOf(spans), bytes));
		return true;
	}

	/**
	 * The bounds that are kept.
	 * @return the bounds
	 */
	public List<Bound> bounds() {
		DiskStatus status = status();
		return List.of(
				new Bound("Traces on disk", Bound.Unit.BYTES, status.fileBytes(), this.maxBytes, status.evictedTraces(),
						"traces forgotten", "hindspan.store.max-disk-size"),
				new Bound("Spans that wait for the disk", Bound.Unit.BYTES, this.waitingBytes.get(),
						this.maxWaitingBytes, status.lostSpans(), "spans given up", null));
	}

	/**
	 * Finds a trace.
	 * @param traceId its id, 32 hexadecimal digits in lower case
	 * @return what the disk has of it, or {@code null} if it has nothing
	 */
	public @Nullable Trace find(String traceId) {
		return this.readers.call((gone) -> read((current) -> find(current, traceId)));
	}

	private @Nullable Trace find(TraceFile current, String traceId) {
		try {
			List<SpanRecord> spans = current.read(traceId);
			return spans.isEmpty() ? null : Trace.of(spans);
		}
		catch (IOException | RuntimeException ex) {
			if (!this.unreadable) {
				this.unreadable = true;
				logger.warn("A trace in {} cannot be read ({}) and is left out, as others will be.", this.file,
						ex.toString());
			}
			return null;
		}
	}

	/**
	 * Searches, from the newest trace to the oldest.
	 * @param query what is asked
	 * @param from the earliest start of a trace, nanoseconds since the epoch, or
	 * {@code null}
	 * @param to the latest start of a trace, nanoseconds since the epoch, or {@code null}
	 * @param except the ids of traces that are left out, such as those in memory
	 * @param limit how many traces to return at the most
	 * @param bound how many traces to look at, at the most
	 * @return the answer
	 */
	public DiskScan scan(TraceQuery query, @Nullable Long from, @Nullable Long to, Predicate<String> except, int limit,
			int bound) {
		DiskScan scan = this.readers.call((gone) -> {
			List<Trace> found = new ArrayList<>();
			try {
				return new DiskScan(found, scan(found, query, from, to, except, limit, bound, gone));
			}
			catch (MVStoreException ex) {
				logger.debug("The search in {} has ended early", this.file, ex);
				return new DiskScan(found, false);
			}
		});
		return (scan != null) ? scan : new DiskScan(List.of(), false);
	}

	/**
	 * Searches.
	 * @return whether all was looked at
	 */
	private boolean scan(List<Trace> found, TraceQuery query, @Nullable Long from, @Nullable Long to,
			Predicate<String> except, int limit, int bound, BooleanSupplier gone) {
		Set<String> met = new HashSet<>();
		String place = null;
		int looked = 0;
		while (true) {
			String last = place;
			place = read((current) -> current.older(to, last));
			if (place == null || (from != null && TraceFile.isBefore(place, from))) {
				return true;
			}
			String traceId = TraceFile.traceId(place);
			// A trace whose first span came late has moved, and would be met again
			if (except.test(traceId) || met.contains(traceId)) {
				continue;
			}
			if (looked++ == bound || found.size() == limit || gone.getAsBoolean()) {
				return false;
			}
			Trace trace = read((current) -> find(current, traceId));
			if (trace != null && query.matches(trace)) {
				found.add(trace);
				met.add(traceId);
			}
		}
	}

	/**
	 * Reads from the file, unless there is none or what it has is to be forgotten.
	 */
	private <T> @Nullable T read(Function<TraceFile, @Nullable T> action) {
		return this.file
			.read((current) -> (current != null && this.clearing.get() == 0) ? action.apply(current) : null);
	}

	/**
	 * Forgets all traces, those that wait to be written included.
	 */
	public void clear() {
		this.clearing.incrementAndGet();
		command(() -> {
			this.forgetting++;
			forget();
		});
	}

	/**
	 * A file that cannot be used now is cleared when it can be, unless it is somebody
	 * else's.
	 */
	private void forget() {
		TraceFile current = this.file.open();
		if (this.forgetting > 0 && current != null) {
			committed();
			current.clear();
			this.bytes = 0;
			current.commit();
			this.file.deleteAside(Long.MAX_VALUE);
			forgotten();
		}
		else if (this.forgetting > 0 && this.file.isInUse()) {
			forgotten();
		}
	}

	private void forgotten() {
		this.clearing.addAndGet(-this.forgetting);
		this.forgetting = 0;
	}

	/**
	 * Waits until what was appended is in the file, or given up.
	 * @param timeout how long to wait at the most
	 * @return {@code false} if it still waits
	 * @throws InterruptedException if the thread is interrupted
	 */
	public boolean flush(Duration timeout) throws InterruptedException {
		try {
			return command(this::commit).get(timeout.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException | ExecutionException ex) {
			return false;
		}
	}

	private CompletableFuture<Boolean> command(Runnable action) {
		Command command = new Command(action, new CompletableFuture<>());
		this.queue.add(command);
		if (this.ended) {
			leaveQueue();
		}
		return command.done();
	}

	/**
	 * What is on disk, and its bounds.
	 * @return the figures of this moment
	 */
	public DiskStatus status() {
		TraceFile current = this.file.open();
		int traces = 0;
		long length = 0;
		try {
			traces = (current != null) ? current.size() : 0;
			length = (current != null) ? current.fileBytes() : 0;
		}
		catch (RuntimeException ex) {
			// It was closed just now
		}
		return new DiskStatus(traces, this.bytes, length, this.maxBytes, this.expired.get(), this.evicted.get(),
				this.lost.get(), this.problem);
	}

	private void open() {
		try {
			this.file.take();
			if (this.problem != null) {
				logger.info("Traces are kept in {} again.", this.file);
			}
			this.problem = null;
			this.bytes = this.file.open().bytes();
			forget();
		}
		catch (Throwable ex) {
			giveUp(ex);
			forget();
		}
	}

	/**
	 * Whatever it was, what is in the file is most often whole, so it is opened again; if
	 * something fails once more before the next maintenance, it is copied as far as it
	 * can be read, or given up.
	 */
	private void fails(Throwable ex) {
		if (this.file.open() == null || (this.reopened && !TraceFile.isDamage(ex)) || this.salvaged) {
			giveUp(ex);
			return;
		}
		logger.debug("{} is opened again", this.file, ex);
		try {
			if (this.reopened) {
				this.salvaged = true;
				this.file.salvage(ex, () -> this.closed);
			}
			else {
				this.reopened = true;
				this.file.reopen();
			}
			forget();
			TraceFile current = this.file.open();
			for (Append append : this.uncommitted) {
				current.append(append.spans(), now());
			}
			this.bytes = current.bytes();
		}
		catch (Throwable again) {
			if (!this.salvaged && TraceFile.isDamage(again)) {
				fails(again);
			}
			else {
				giveUp(again);
			}
		}
	}

	private void giveUp(Throwable ex) {
		this.file.giveUp(ex);
		this.bytes = 0;
		this.uncommitted.forEach((append) -> this.lost.addAndGet(append.spans().size()));
		committed();
		if (this.problem == null) {
			logger.warn("Traces cannot be kept in {} ({}). They are in memory only; it is tried again every minute.",
					this.file, ex.getMessage());
		}
		this.problem = String.valueOf(ex.getMessage());
	}

	/**
	 * What the thread does that writes.
	 */
	private void write() {
		long committed = System.nanoTime();
		long maintained = System.nanoTime() - this.maintenanceNanos;
		try {
			while (!this.closed || !this.queue.isEmpty()) {
				try {
					Work work = this.queue.poll(Math.min(COMMIT_NANOS, this.maintenanceNanos), TimeUnit.NANOSECONDS);
					if (work != null) {
						take(work);
					}
					if (System.nanoTime() - committed >= COMMIT_NANOS) {
						commit();
						committed = System.nanoTime();
					}
					if (System.nanoTime() - maintained >= this.maintenanceNanos) {
						maintained = System.nanoTime();
						maintain();
					}
				}
				catch (InterruptedException ex) {
					// Nobody interrupts it but who wants it to end, which closing does
					this.closed = true;
				}
				catch (Throwable ex) {
					recover(ex);
				}
			}
		}
		finally {
			finish();
		}
	}

	private void recover(Throwable ex) {
		try {
			fails(ex);
		}
		catch (Throwable again) {
			// Without memory, say. The next round tries once more
		}
	}

	private void take(Work work) {
		if (work instanceof Append append) {
			write(append);
			return;
		}
		Command command = (Command) work;
		boolean done = false;
		try {
			command.action().run();
			done = true;
		}
		finally {
			command.done().complete(done);
		}
	}

	private void write(Append append) {
		TraceFile current = this.file.open();
		boolean room = false;
		try {
			room = current != null && (!isTooLong(current) || shrinkSoon());
		}
		finally {
			if (!room) {
				lose(append);
			}
		}
		if (!room) {
			return;
		}
		this.uncommitted.add(append);
		this.uncommittedBytes += append.bytes();
		try {
			current = this.file.open();
			current.append(append.spans(), now());
			this.bytes = current.bytes();
		}
		catch (IOException ex) {
			this.uncommitted.remove(append);
			this.uncommittedBytes -= append.bytes();
			lose(append);
			logger.debug("Spans cannot be written", ex);
		}
		if (this.uncommittedBytes > this.maxWaitingBytes / COMMITTED_AT_ONCE) {
			commit();
		}
	}

	private void lose(Append append) {
		this.waitingBytes.addAndGet(-append.bytes());
		this.lost.addAndGet(append.spans().size());
	}

	private boolean isTooLong(TraceFile current) {
		return current.fileBytes() > this.maxBytes + this.maxBytes / 2;
	}

	/**
	 * Does not wait for the next commit where much came since the last.
	 * @return whether there is room again
	 */
	private boolean shrinkSoon() {
		if (!mayRewrite()) {
			return false;
		}
		commit();
		TraceFile current = this.file.open();
		return current != null && !isTooLong(current);
	}

	/**
	 * What did not help is not tried all the time.
	 */
	private boolean mayRewrite() {
		return System.nanoTime() - this.rewriteFailed >= this.maintenanceNanos;
	}

	private long now() {
		return TimeUnit.MILLISECONDS.toNanos(this.clock.millis());
	}

	/**
	 * The oldest traces are deleted before there is no room: what is free within the file
	 * is written to next.
	 */
	private void commit() {
		TraceFile current = this.file.open();
		if (current != null) {
			shrinkTo(this.maxBytes / 4 * 3, current);
			current.commit();
			committed();
			if (current.fileBytes() > this.maxBytes && mayRewrite() && !this.closed) {
				rewrite(current);
			}
		}
	}

	private void committed() {
		this.uncommitted.clear();
		this.waitingBytes.addAndGet(-this.uncommittedBytes);
		this.uncommittedBytes = 0;
	}

	private void shrinkTo(long bytes, TraceFile current) {
		while (current.bytes() > bytes && current.deleteOldest(Long.MAX_VALUE)) {
			this.evicted.incrementAndGet();
		}
		this.bytes = current.bytes();
	}

	/**
	 * Copies what is in the file, the oldest traces left out, to one that takes its
	 * place: moving it within the file fails an assertion of MVStore 2.4.240.
	 */
	private void rewrite(TraceFile current) {
		shrinkTo(this.maxBytes / 2, current);
		current.commit();
		try {
			boolean shorter = this.file.shorten(() -> this.closed);
			if (!shorter || this.file.open().fileBytes() > this.maxBytes / 4 * 3) {
				this.rewriteFailed = System.nanoTime();
			}
		}
		catch (IOException ex) {
			this.rewriteFailed = System.nanoTime();
			fails(ex);
		}
	}

	private void maintain() {
		TraceFile current = this.file.open();
		this.reopened = this.reopened && current != null;
		this.salvaged = this.salvaged && current != null;
		if (current == null) {
			open();
			return;
		}
		if (!this.file.isStillThere()) {
			// What is open still takes all that is written, and is gone when it is closed
			giveUp(new IOException("It has been deleted or replaced"));
			open();
			return;
		}
		long before = now() - this.retention.toNanos();
		while (current.deleteOldest(before)) {
			this.expired.incrementAndGet();
		}
		commit();
		current = this.file.open();
		if (current != null) {
			current.sync();
			this.file.tidy();
		}
		this.file.deleteAside(before);
		forget();
		this.reopened = false;
		this.salvaged = false;
	}

	private void finish() {
		try {
			this.file.close();
		}
		catch (RuntimeException ex) {
			logger.warn("{} cannot be closed properly ({}).", this.file, ex.getMessage());
		}
		finally {
			this.ended = true;
			if (!this.closed) {
				this.problem = "The thread that writes has ended";
			}
			leaveQueue();
			this.readers.close();
		}
	}

	/**
	 * Nobody takes anything from the queue any more.
	 */
	private void leaveQueue() {
		for (Work work = this.queue.poll(); work != null; work = this.queue.poll()) {
			if (work instanceof Command command) {
				command.done().complete(false);
			}
			else {
				lose((Append) work);
			}
		}
	}

	/**
	 * Writes what waits and closes the file.
	 */
	@Override
	public void close() {
		this.closed = true;
		command(() -> {
		});
		try {
			this.writer.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * What the thread is to do.
	 */
	private sealed interface Work {

	}

	/**
	 * Write spans.
	 */
	private record Append(List<SpanRecord> spans, long bytes) implements Work {

	}

	/**
	 * Something else.
	 */
	private record Command(Runnable action, CompletableFuture<Boolean> done) implements Work {

	}

}
