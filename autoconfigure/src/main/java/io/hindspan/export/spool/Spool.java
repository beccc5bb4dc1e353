package io.hindspan.export.spool;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;

import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hindspan.core.PrivateFiles;

/**
 * Batches of spans on disk, in a bounded number of bytes and for a bounded time. A batch
 * is a file: it is written under another name, forced to the disk and then renamed, so
 * that a crash at any moment leaves a whole batch or none. One that cannot be read is set
 * aside. A spool that cannot be used says so once, counts what it gives up, and tries
 * again. Thread-safe; what writes or reads files is not for an application's threads.
 */
public final class Spool implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(Spool.class);

	private static final String UNFINISHED = ".tmp";

	private static final String ASIDE = "aside";

	private static final int MAX_ASIDE = 16;

	private static final long TRY_AGAIN = Duration.ofMinutes(1).toMillis();

	private final ReentrantLock lock = new ReentrantLock();

	private final Deque<Entry> entries = new ArrayDeque<>();

	private final int writer = ThreadLocalRandom.current().nextInt();

	private final Path directory;

	private final long maxBytes;

	private final long maxAge;

	private final SpoolListener listener;

	private final Clock clock;

	private @Nullable Slot slot;

	private @Nullable Entry sending;

	private @Nullable String failure;

	private long lastTried = Long.MIN_VALUE;

	private long number;

	private boolean closed;

	private volatile long bytes;

	private volatile long spans;

	/**
	 * Creates a spool, and opens it if it can.
	 * @param directory the directory, which other processes may be given, too
	 * @param maxBytes how many bytes the files of this process may have
	 * @param maxAge how long a batch may wait
	 * @param listener is told of losses
	 * @param clock the time
	 */
	public Spool(Path directory, long maxBytes, Duration maxAge, SpoolListener listener, Clock clock) {
		this.directory = directory;
		this.maxBytes = maxBytes;
		this.maxAge = maxAge.toMillis();
		this.listener = listener;
		this.clock = clock;
		open();
	}

	private @Nullable Slot open() {
		if (this.slot != null && !Files.isDirectory(this.slot.directory())) {
			closeQuietly(this.slot);
			this.slot = null;
		}
		long now = this.clock.millis();
		if (this.slot != null || this.closed || (this.failure != null && now - this.lastTried < TRY_AGAIN)) {
			return this.slot;
		}
		this.lastTried = now;
		try {
			Slot taken = Slot.take(this.directory);
			try {
				index(taken);
				this.slot = taken;
			}
			finally {
				if (this.slot == null) {
					closeQuietly(taken);
				}
			}
			works();
		}
		catch (IOException | RuntimeException ex) {
			fails(ex);
		}
		return this.slot;
	}

	private void index(Slot taken) throws IOException {
		try (DirectoryStream<Path> unfinished = Files.newDirectoryStream(taken.directory(), "*" + UNFINISHED)) {
			for (Path file : unfinished) {
				Files.delete(file);
			}
		}
		List<Entry> found = new ArrayList<>();
		for (Path file : taken.files()) {
			BatchName name = BatchName.of(file);
			if (name != null) {
				found.add(new Entry(file, name.time(), name.spans(), Files.size(file)));
			}
		}
		// Of a directory that was removed, and may be there again
		Set<Entry> gone = new HashSet<>(this.entries);
		gone.removeAll(found);
		gone.remove(this.sending);
		gone.forEach((entry) -> this.listener.lost(SpoolLoss.UNREADABLE, entry.spans));
		forgetAll();
		found.forEach(this::add);
	}

	private void forgetAll() {
		this.entries.clear();
		this.bytes = 0;
		this.spans = 0;
	}

	private void add(Entry entry) {
		this.entries.add(entry);
		this.bytes += entry.bytes;
		this.spans += entry.spans;
	}

	/**
	 * Stores a batch. It is on the disk when this returns. Where there is no room, the
	 * oldest batches make some.
	 * @param batch the spans
	 * @return whether it is stored; if not, the listener was told
	 */
	public boolean store(List<SpanData> batch) {
		try {
			byte[] content = BatchFile.of(batch);
			this.lock.lock();
			try {
				expire();
				if (store(batch.size(), content)) {
					return true;
				}
			}
			finally {
				this.lock.unlock();
			}
		}
		catch (IOException | RuntimeException | OutOfMemoryError ex) {
			fails(ex);
		}
		this.listener.lost(SpoolLoss.UNWRITABLE, batch.size());
		return false;
	}

	private boolean store(int spans, byte[] content) throws IOException {
		Slot slot = open();
		if (slot == null || !makeRoom(content.length)) {
			return false;
		}
		long now = this.clock.millis();
		Path file = slot.directory().resolve(BatchName.of(now, this.number++, this.writer, spans));
		Path unfinished = slot.directory().resolve(file.getFileName() + UNFINISHED);
		try {
			write(unfinished, content);
			Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
		}
		catch (IOException | RuntimeException ex) {
			deleteQuietly(unfinished);
			throw ex;
		}
		forceDirectory(slot.directory());
		add(new Entry(file, now, spans, content.length));
		works();
		return true;
	}

	private static void write(Path file, byte[] content) throws IOException {
		Files.createFile(file, PrivateFiles.file());
		// Unlike a channel, it is not closed where the thread is interrupted
		try (FileOutputStream out = new FileOutputStream(file.toFile())) {
			out.write(content);
			out.getFD().sync();
		}
	}

	/**
	 * So that the file's new name is on the disk, too, where the system can do that.
	 */
	private static void forceDirectory(Path directory) {
		try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
			channel.force(true);
		}
		catch (IOException ex) {
			// Windows opens no directories
		}
	}

	private boolean makeRoom(long needed) {
		if (needed > this.maxBytes) {
			return false;
		}
		while (this.bytes + needed > this.maxBytes) {
			Entry oldest = oldestButSending();
			if (oldest == null) {
				return false;
			}
			discard(oldest, SpoolLoss.FULL);
		}
		return true;
	}

	private @Nullable Entry oldestButSending() {
		for (Entry entry : this.entries) {
			if (entry != this.sending) {
				return entry;
			}
		}
		return null;
	}

	private void expire() {
		long now = this.clock.millis();
		while (true) {
			Entry oldest = oldestButSending();
			if (oldest == null || now - oldest.time <= this.maxAge) {
				return;
			}
			discard(oldest, SpoolLoss.EXPIRED);
		}
	}

	private void discard(Entry entry, SpoolLoss loss) {
		forget(entry);
		deleteQuietly(entry.file);
		this.listener.lost(loss, entry.spans);
	}

	private void forget(Entry entry) {
		if (this.entries.remove(entry)) {
			this.bytes -= entry.bytes;
			this.spans -= entry.spans;
		}
	}

	/**
	 * The oldest batch, which stays where it is until it is removed.
	 * @return the batch, or {@code null} if there is none
	 * @throws IOException if no batch can be read at the moment, of which none is lost
	 */
	public @Nullable StoredBatch oldest() throws IOException {
		this.lock.lock();
		try {
			this.sending = null;
			open();
			expire();
			Entry entry;
			while ((entry = this.entries.peek()) != null) {
				byte[] content;
				try {
					content = Files.readAllBytes(entry.file);
				}
				catch (IOException ex) {
					if (!isTheOnlyOne(entry)) {
						fails(ex);
						throw ex;
					}
					setAside(entry, ex);
					continue;
				}
				try {
					List<SpanData> spans = BatchFile.spans(content);
					this.sending = entry;
					works();
					return new StoredBatch(entry.file, spans);
				}
				catch (IOException | RuntimeException ex) {
					setAside(entry, ex);
				}
			}
			return null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Whether a file that cannot be read is at fault itself. Where the next one cannot be
	 * read either, it is the disk, or the process has too many files open: all of them
	 * would be set aside for what passes.
	 */
	private boolean isTheOnlyOne(Entry unreadable) {
		if (Files.notExists(unreadable.file)) {
			return Files.isDirectory(unreadable.file.getParent());
		}
		for (Entry entry : this.entries) {
			if (entry != unreadable) {
				try {
					Files.readAllBytes(entry.file);
					return true;
				}
				catch (IOException ex) {
					return false;
				}
			}
		}
		return false;
	}

	private void setAside(Entry entry, Exception ex) {
		forget(entry);
		logger.warn("{} cannot be read ({}). It is set aside, and its {} spans are not sent.", entry.file,
				ex.getMessage(), entry.spans);
		try {
			Path aside = entry.file.resolveSibling(ASIDE);
			PrivateFiles.createDirectories(aside);
			Files.move(entry.file, aside.resolve(entry.file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
			List<Path> all = new ArrayList<>();
			try (DirectoryStream<Path> files = Files.newDirectoryStream(aside)) {
				files.forEach(all::add);
			}
			all.sort(null);
			all.subList(0, Math.max(0, all.size() - MAX_ASIDE)).forEach(Spool::deleteQuietly);
		}
		catch (IOException moving) {
			// It stays, and is tried again by the next process
		}
		this.listener.lost(SpoolLoss.UNREADABLE, entry.spans);
	}

	/**
	 * Removes a batch that was sent or will never be.
	 * @param batch the batch
	 */
	public void remove(StoredBatch batch) {
		this.lock.lock();
		try {
			this.entries.stream()
				.filter((entry) -> entry.file.equals(batch.file()))
				.findFirst()
				.ifPresent(this::forget);
			this.sending = null;
			deleteQuietly(batch.file());
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Whether there is no batch.
	 * @return {@code true} if there is none
	 */
	public boolean isEmpty() {
		return this.spans == 0;
	}

	/**
	 * How many bytes the files have.
	 * @return the bytes
	 */
	public long bytes() {
		return this.bytes;
	}

	/**
	 * How many bytes the files may have.
	 * @return the bytes
	 */
	public long maxBytes() {
		return this.maxBytes;
	}

	/**
	 * How many spans wait.
	 * @return the spans
	 */
	public long spans() {
		return this.spans;
	}

	private void works() {
		if (this.failure != null) {
			this.failure = null;
			logger.info("The spool in {} can be used again.", this.directory);
		}
	}

	private void fails(Throwable ex) {
		this.lock.lock();
		try {
			if (this.failure == null) {
				logger.warn("The spool in {} cannot be used ({}). Spans that would wait there are given up.",
						this.directory, ex.toString());
			}
			this.failure = ex.toString();
		}
		finally {
			this.lock.unlock();
		}
	}

	private static void deleteQuietly(Path file) {
		try {
			Files.deleteIfExists(file);
		}
		catch (IOException ex) {
			// It is sent once more, or deleted with its age
		}
	}

	/**
	 * Leaves the files to the next process.
	 */
	@Override
	public void close() {
		this.lock.lock();
		try {
			this.closed = true;
			Slot taken = this.slot;
			this.slot = null;
			forgetAll();
			if (taken != null) {
				closeQuietly(taken);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private static void closeQuietly(Slot slot) {
		try {
			slot.close();
		}
		catch (IOException ex) {
			// The lock ends with the process
		}
	}

	@Override
	public String toString() {
		return "Spool{" + this.directory + "}";
	}

	private record Entry(Path file, long time, int spans, long bytes) {

	}

}
