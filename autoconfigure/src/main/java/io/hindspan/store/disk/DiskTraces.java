package io.hindspan.store.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

import org.h2.mvstore.MVStoreException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hindspan.core.Bound;
import io.hindspan.core.DirectoryLock;
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

	private final Path file;

	private final Path directory;

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

	/** Tidying overwrites what is read, and closing takes it away. */
	private final ReadWriteLock reading = new ReentrantReadWriteLock();

	private final Readers readers = new Readers();

	private final Thread writer;

	private volatile @Nullable TraceFile open;

	private volatile @Nullable String problem;

	private volatile boolean closed;

	private volatile long bytes;

	private volatile boolean unreadable;

	private volatile boolean ended;

	/** Of the writer, as all that follows: written since the last commit. */
	private final List<Append> uncommitted = new ArrayList<>();

	private long uncommittedBytes;

	private @Nullable DirectoryLock lock;

	private @Nullable Object fileKey;

	/** How often the file was to be cleared and could not yet be. */
	private int forgetting;

	private boolean inUse;

	private boolean reopened;

	private boolean salvaged;

	private boolean untidy;

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
		this.directory = directory;
		this.file = directory.resolve("traces.mv");
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
		if (this.closed || this.ended || this.open == null) {
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
		return this.readers.call((gone) -> {
			this.reading.readLock().lock();
			try {
				TraceFile current = readable();
				return (current != null) ? find(current, traceId) : null;
			}
			finally {
				this.reading.readLock().unlock();
			}
		});
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
		DiskScan scan = this.readers.call((gone) -> read(query, from, to, except, limit, bound, gone));
		return (scan != null) ? scan : new DiskScan(List.of(), false);
	}

	private DiskScan read(TraceQuery query, @Nullable Long from, @Nullable Long to, Predicate<String> except, int limit,
			int bound, BooleanSupplier gone) {
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
				if (looked++ == bound || found.size() == limit || gone.getAsBoolean()) {
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
	 * A file that cannot be used now is cleared when it can be, unless it is somebody
	 * else's.
	 */
	private void forget() {
		TraceFile current = this.open;
		if (this.forgetting > 0 && current != null) {
			committed();
			current.clear();
			this.bytes = 0;
			current.commit();
			deleteAside();
			forgotten();
		}
		else if (this.forgetting > 0 && this.lock == null && this.inUse) {
			forgotten();
		}
	}

	private void deleteAside() {
		try {
			Files.deleteIfExists(TraceFile.aside(place()));
		}
		catch (IOException ex) {
			logger.warn("{} cannot be deleted ({}).", TraceFile.aside(this.file), ex.getMessage());
		}
	}

	private void forgotten() {
		this.clearing.addAndGet(-this.forgetting);
		this.forgetting = 0;
	}

	/**
	 * The file that is read, unless what it has is to be forgotten.
	 */
	private @Nullable TraceFile readable() {
		return (this.clearing.get() == 0) ? this.open : null;
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
			takeDirectory();
			takeUp();
			open(-1);
			if (this.problem != null) {
				logger.info("Traces are kept in {} again.", this.file);
			}
			this.problem = null;
			forget();
		}
		catch (Throwable ex) {
			giveUp(ex);
			forget();
		}
	}

	/**
	 * A copy that a crash has left is of no use, unless it was about to take the place of
	 * a file that was set aside.
	 */
	private void takeUp() throws IOException {
		Path place = place();
		Path copy = TraceFile.copyOf(place);
		if (Files.exists(copy) && !Files.exists(place) && Files.exists(TraceFile.aside(place))) {
			Files.move(copy, place, StandardCopyOption.ATOMIC_MOVE);
		}
		Files.deleteIfExists(copy);
	}

	/**
	 * Where the file is, which may be behind a link.
	 */
	private Path place() throws IOException {
		return Files.exists(this.file) ? this.file.toRealPath() : this.file;
	}

	/**
	 * Whoever has the directory may do with its files what he likes.
	 */
	private void takeDirectory() throws IOException {
		if (this.lock == null) {
			this.lock = DirectoryLock.tryToTake(this.directory);
			this.inUse = (this.lock == null);
			if (this.inUse) {
				throw new IOException("It is in use by another process, which writes its own traces to it");
			}
		}
	}

	private void open(long knownBytes) throws IOException {
		TraceFile opened = TraceFile.open(place(), knownBytes);
		this.untidy = false;
		this.fileKey = fileKey();
		this.bytes = opened.bytes();
		this.open = opened;
	}

	/**
	 * Tells one file from another of the same name, where the file system does.
	 */
	private @Nullable Object fileKey() throws IOException {
		return Files.readAttributes(this.file, BasicFileAttributes.class).fileKey();
	}

	/**
	 * Whatever it was, what is in the file is most often whole, so it is opened again; if
	 * something fails once more before the next maintenance, it is copied as far as it
	 * can be read, or given up.
	 */
	private void fails(Throwable ex) {
		if (this.open == null || (this.reopened && !TraceFile.isDamage(ex)) || this.salvaged) {
			giveUp(ex);
			return;
		}
		logger.debug("{} is opened again", this.file, ex);
		try {
			if (this.reopened) {
				this.salvaged = true;
				exchange(() -> TraceFile.salvage(place(), ex, () -> this.closed));
			}
			else {
				this.reopened = true;
				exchange(() -> -1);
			}
			forget();
			TraceFile current = this.open;
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

	/**
	 * Closes the file and opens it, while nobody reads. Who appends notices nothing.
	 * @param between what to do with it when it is closed; tells how much is in it then,
	 * or -1 if that is not known
	 */
	private void exchange(FileAction between) throws IOException {
		this.reading.writeLock().lock();
		try {
			TraceFile current = this.open;
			if (current != null) {
				current.abandon();
			}
			open(between.run());
		}
		finally {
			this.reading.writeLock().unlock();
		}
	}

	private void giveUp(Throwable ex) {
		exclusively(() -> {
			TraceFile current = this.open;
			this.open = null;
			if (current != null) {
				current.abandon();
			}
		});
		this.bytes = 0;
		this.uncommitted.forEach((append) -> this.lost.addAndGet(append.spans().size()));
		committed();
		if (this.lock != null && TraceFile.isDamage(ex)) {
			setAside(ex);
		}
		leaveDirectory();
		if (this.problem == null) {
			logger.warn("Traces cannot be kept in {} ({}). They are in memory only; it is tried again every minute.",
					this.file, ex.getMessage());
		}
		this.problem = String.valueOf(ex.getMessage());
	}

	private void setAside(Throwable damage) {
		try {
			TraceFile.setAside(place(), damage);
		}
		catch (IOException ex) {
			logger.warn("{} can neither be read ({}) nor be set aside ({}).", this.file, damage.getMessage(),
					ex.getMessage());
		}
	}

	private void leaveDirectory() {
		DirectoryLock held = this.lock;
		this.lock = null;
		try {
			if (held != null) {
				held.close();
			}
		}
		catch (IOException ex) {
			logger.debug("The lock of {} cannot be closed", this.directory, ex);
		}
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
		TraceFile current = this.open;
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
			current = this.open;
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
		TraceFile current = this.open;
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
		TraceFile current = this.open;
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
			Path place = place();
			Path copy = TraceFile.copyOf(place);
			long copied = current.copyTo(copy, () -> this.closed);
			try {
				exchange(() -> {
					Files.move(copy, place, StandardCopyOption.ATOMIC_MOVE);
					return copied;
				});
			}
			catch (IOException ex) {
				this.rewriteFailed = System.nanoTime();
				fails(ex);
				Files.deleteIfExists(copy);
				return;
			}
			if (this.open.fileBytes() > this.maxBytes / 4 * 3) {
				this.rewriteFailed = System.nanoTime();
			}
		}
		catch (IOException ex) {
			this.rewriteFailed = System.nanoTime();
			logger.debug("{} cannot be made shorter now", this.file, ex);
		}
	}

	private void maintain() throws IOException {
		TraceFile current = this.open;
		this.reopened = this.reopened && current != null;
		this.salvaged = this.salvaged && current != null;
		if (current == null) {
			open();
			return;
		}
		if (!isStillThere()) {
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
		current = this.open;
		if (current != null) {
			current.sync();
			tidy(current);
		}
		Path aside = TraceFile.aside(place());
		if (Files.exists(aside) && Files.getLastModifiedTime(aside).to(TimeUnit.NANOSECONDS) < before) {
			deleteAside();
		}
		forget();
		this.reopened = false;
		this.salvaged = false;
	}

	/**
	 * What cannot be read stays where it is.
	 */
	private void tidy(TraceFile current) {
		try {
			if (!this.untidy) {
				exclusively(current::tidy);
			}
		}
		catch (RuntimeException ex) {
			this.untidy = TraceFile.isDamage(ex);
			throw ex;
		}
	}

	private boolean isStillThere() {
		try {
			return Objects.equals(this.fileKey, fileKey());
		}
		catch (IOException ex) {
			return false;
		}
	}

	private void finish() {
		try {
			exclusively(() -> {
				TraceFile current = this.open;
				this.open = null;
				if (current != null) {
					current.close();
				}
			});
		}
		catch (RuntimeException ex) {
			logger.warn("{} cannot be closed properly ({}).", this.file, ex.getMessage());
		}
		finally {
			leaveDirectory();
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
	 * What is done with the file.
	 */
	private interface FileAction {

		long run() throws IOException;

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
