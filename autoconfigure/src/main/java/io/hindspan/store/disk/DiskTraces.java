package io.hindspan.store.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Predicate;

import org.h2.mvstore.MVStoreException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hindspan.store.SpanRecord;
import io.hindspan.store.Trace;
import io.hindspan.store.TraceQuery;

/**
 * Traces on disk, for a time and up to a size. A thread of its own writes them, at least
 * once a second, so a crash of the process loses no more than that. Whatever happens to
 * the file, the application never notices: spans are given up and counted, it is said
 * once, and tried again. Thread-safe.
 */
public final class DiskTraces implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(DiskTraces.class);

	private static final int MAX_WAITING_SPANS = 50_000;

	private static final long COMMIT_NANOS = TimeUnit.SECONDS.toNanos(1);

	private static final int MAX_UNCOMMITTED_SPANS = 10_000;

	/** Of which the nanoseconds are a number. */
	private static final Duration LONGEST = Duration.ofDays(100 * 365);

	private static final long CLOSE_SECONDS = 10;

	private final Path file;

	/** What is to take its place. */
	private final Path copy;

	private final Duration retention;

	private final long maxBytes;

	private final Clock clock;

	private final long maintenanceNanos;

	private final BlockingQueue<Work> queue = new LinkedBlockingQueue<>();

	private final AtomicInteger waitingSpans = new AtomicInteger();

	private final AtomicLong lost = new AtomicLong();

	private final AtomicLong expired = new AtomicLong();

	private final AtomicLong evicted = new AtomicLong();

	/** How often the file is to be cleared by who writes, behind what waits. */
	private final AtomicInteger clearing = new AtomicInteger();

	/** Compaction moves what is read, and closing takes it away. */
	private final ReadWriteLock reading = new ReentrantReadWriteLock();

	private final Thread writer;

	private volatile @Nullable TraceFile open;

	private volatile @Nullable String problem;

	private volatile boolean closed;

	private volatile long bytes;

	private volatile boolean unreadable;

	/** Written since the last commit, and not in the file if something fails. */
	private final List<Append> uncommitted = new ArrayList<>();

	private int uncommittedSpans;

	/** How often the file was to be cleared and could not yet be. */
	private int forgetting;

	private boolean reopened;

	private boolean damaged;

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
		this.file = directory.resolve("traces.mv");
		this.copy = directory.resolve("traces.mv.new");
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
	 */
	public void append(Collection<SpanRecord> spans) {
		if (spans.isEmpty()) {
			return;
		}
		if (this.closed || this.open == null
				|| this.waitingSpans.addAndGet(spans.size()) - spans.size() > MAX_WAITING_SPANS) {
			if (!this.closed && this.open != null) {
				this.waitingSpans.addAndGet(-spans.size());
			}
			this.lost.addAndGet(spans.size());
			return;
		}
		this.queue.add(new Append(List.copyOf(spans)));
	}

	/**
	 * Finds a trace.
	 * @param traceId its id, 32 hexadecimal digits in lower case
	 * @return what the disk has of it, or {@code null} if it has nothing
	 */
	public @Nullable Trace find(String traceId) {
		this.reading.readLock().lock();
		try {
			TraceFile current = readable();
			return (current != null) ? find(current, traceId) : null;
		}
		finally {
			this.reading.readLock().unlock();
		}
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
		List<Trace> found = new ArrayList<>();
		Set<String> met = new HashSet<>();
		String place = null;
		int looked = 0;
		while (true) {
			this.reading.readLock().lock();
			try {
				TraceFile current = readable();
				place = (current != null) ? current.older(to, place) : null;
				if (current == null || place == null || (from != null && TraceFile.isBefore(place, from))) {
					return new DiskScan(found, true);
				}
				String traceId = TraceFile.traceId(place);
				// A trace whose first span came late has moved, and would be met again
				if (except.test(traceId) || met.contains(traceId)) {
					continue;
				}
				if (looked++ == bound || found.size() == limit) {
					return new DiskScan(found, false);
				}
				Trace trace = find(current, traceId);
				if (trace != null && query.matches(trace)) {
					found.add(trace);
					met.add(traceId);
				}
			}
			catch (MVStoreException ex) {
				logger.debug("The search in {} has ended early", this.file, ex);
				return new DiskScan(found, false);
			}
			finally {
				this.reading.readLock().unlock();
			}
		}
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
	 * A file that cannot be used now is cleared when it can be.
	 */
	private void forget() {
		TraceFile current = this.open;
		if (this.forgetting > 0 && current != null) {
			committed();
			current.clear();
			this.bytes = 0;
			current.commit();
			this.clearing.addAndGet(-this.forgetting);
			this.forgetting = 0;
		}
	}

	/**
	 * The file that is read, unless what it has is to be forgotten.
	 */
	private @Nullable TraceFile readable() {
		return (this.clearing.get() == 0) ? this.open : null;
	}

	/**
	 * Waits until what was appended is in the file.
	 * @param timeout how long to wait at the most
	 * @return whether it is
	 * @throws InterruptedException if the thread is interrupted
	 */
	public boolean flush(Duration timeout) throws InterruptedException {
		return command(this::commit).await(timeout.toNanos(), TimeUnit.NANOSECONDS);
	}

	private CountDownLatch command(Runnable command) {
		CountDownLatch done = new CountDownLatch(1);
		this.queue.add(new Command(command, done));
		return done;
	}

	/**
	 * What is on disk, and its bounds.
	 * @return the figures of this moment
	 */
	public DiskStatus status() {
		TraceFile current = this.open;
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
			if (this.damaged) {
				TraceFile.setAside(this.file, new IOException(String.valueOf(this.problem)));
				this.damaged = false;
			}
			Files.deleteIfExists(this.copy);
			TraceFile opened = TraceFile.open(this.file);
			if (this.problem != null) {
				logger.info("Traces are kept in {} again.", this.file);
			}
			this.problem = null;
			use(opened);
		}
		catch (IOException | RuntimeException ex) {
			giveUp(ex);
		}
	}

	private void use(TraceFile opened) {
		this.bytes = opened.bytes();
		this.open = opened;
		forget();
	}

	/**
	 * Whatever it was, what is in the file is most often whole, so it is opened again;
	 * but if something fails once more before the next maintenance, it is given up.
	 */
	private void fails(Exception ex) {
		if (this.reopened || this.open == null) {
			giveUp(ex);
			return;
		}
		this.reopened = true;
		logger.debug("{} is opened again", this.file, ex);
		try {
			exchange(() -> {
			});
			TraceFile current = this.open;
			for (Append append : this.uncommitted) {
				current.append(append.spans(), now());
			}
			this.bytes = current.bytes();
		}
		catch (IOException | RuntimeException again) {
			giveUp(again);
		}
	}

	/**
	 * Closes the file and opens it, while nobody reads. Who appends notices nothing.
	 * @param between what to do with it when it is closed
	 */
	private void exchange(FileAction between) throws IOException {
		this.reading.writeLock().lock();
		try {
			TraceFile current = this.open;
			if (current != null) {
				current.abandon();
			}
			between.run();
			use(TraceFile.open(this.file));
		}
		finally {
			this.reading.writeLock().unlock();
		}
	}

	private void giveUp(Exception ex) {
		exclusively(() -> {
			TraceFile current = this.open;
			this.open = null;
			if (current != null) {
				current.abandon();
			}
		});
		this.lost.addAndGet(this.uncommittedSpans);
		committed();
		this.damaged = TraceFile.isDamage(ex);
		if (this.problem == null) {
			logger.warn("Traces cannot be kept in {} ({}). They are in memory only; it is tried again every minute.",
					this.file, ex.getMessage());
		}
		this.problem = String.valueOf(ex.getMessage());
	}

	private void exclusively(Runnable action) {
		this.reading.writeLock().lock();
		try {
			action.run();
		}
		finally {
			this.reading.writeLock().unlock();
		}
	}

	/**
	 * What the thread does that writes.
	 */
	private void write() {
		long committed = System.nanoTime();
		long maintained = System.nanoTime() - this.maintenanceNanos;
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
					maintain();
					maintained = System.nanoTime();
				}
			}
			catch (InterruptedException ex) {
				// Nobody interrupts it but who wants it to end, which closing does
				this.closed = true;
			}
			catch (RuntimeException ex) {
				fails(ex);
			}
			catch (AssertionError | OutOfMemoryError ex) {
				fails(new IllegalStateException(ex.toString(), ex));
			}
		}
		finish();
	}

	private void take(Work work) {
		if (work instanceof Command command) {
			try {
				command.action().run();
			}
			finally {
				command.done().countDown();
			}
			return;
		}
		List<SpanRecord> spans = ((Append) work).spans();
		this.waitingSpans.addAndGet(-spans.size());
		TraceFile current = this.open;
		if (current == null) {
			this.lost.addAndGet(spans.size());
			return;
		}
		if (isTooLong(current) && !shrinkSoon()) {
			this.lost.addAndGet(spans.size());
			return;
		}
		append((Append) work);
		if (this.uncommittedSpans >= MAX_UNCOMMITTED_SPANS) {
			commit();
		}
	}

	private void append(Append append) {
		this.uncommitted.add(append);
		this.uncommittedSpans += append.spans().size();
		TraceFile current = this.open;
		try {
			current.append(append.spans(), now());
			this.bytes = current.bytes();
		}
		catch (IOException ex) {
			this.uncommitted.remove(append);
			this.uncommittedSpans -= append.spans().size();
			this.lost.addAndGet(append.spans().size());
			logger.debug("Spans cannot be written", ex);
		}
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
		TraceFile current = this.open;
		return current != null && !isTooLong(current);
	}

	/**
	 * If there was no room for a copy, it is not tried all the time.
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
		TraceFile current = this.open;
		if (current != null) {
			shrinkTo(this.maxBytes / 4 * 3, current);
			current.commit();
			committed();
			if (current.fileBytes() > this.maxBytes && mayRewrite()) {
				rewrite(current);
			}
		}
	}

	private void committed() {
		this.uncommitted.clear();
		this.uncommittedSpans = 0;
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
			current.copyTo(this.copy);
		}
		catch (IOException ex) {
			this.rewriteFailed = System.nanoTime();
			logger.debug("{} cannot be made shorter now", this.file, ex);
			return;
		}
		try {
			exchange(() -> Files.move(this.copy, this.file, StandardCopyOption.REPLACE_EXISTING));
		}
		catch (IOException ex) {
			fails(ex);
		}
	}

	private void maintain() {
		TraceFile current = this.open;
		if (current == null) {
			open();
			return;
		}
		if (!Files.exists(this.file)) {
			// What is open still takes all that is written, and is gone when it is closed
			giveUp(new IOException("It has been deleted"));
			open();
			return;
		}
		long before = now() - this.retention.toNanos();
		while (current.deleteOldest(before)) {
			this.expired.incrementAndGet();
		}
		commit();
		current = this.open;
		if (current != null) {
			current.sync();
			exclusively(current::tidy);
		}
		this.reopened = false;
	}

	private void finish() {
		exclusively(() -> {
			TraceFile current = this.open;
			this.open = null;
			try {
				if (current != null) {
					current.close();
				}
			}
			catch (RuntimeException ex) {
				logger.warn("{} cannot be closed properly ({}).", this.file, ex.getMessage());
			}
		});
		for (Work work = this.queue.poll(); work != null; work = this.queue.poll()) {
			if (work instanceof Command command) {
				command.done().countDown();
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
	 * What is done with the file.
	 */
	private interface FileAction {

		void run() throws IOException;

	}

	/**
	 * What the thread is to do.
	 */
	private sealed interface Work {

	}

	/**
	 * Write spans.
	 */
	private record Append(List<SpanRecord> spans) implements Work {

	}

	/**
	 * Something else.
	 */
	private record Command(Runnable action, CountDownLatch done) implements Work {

	}

}
