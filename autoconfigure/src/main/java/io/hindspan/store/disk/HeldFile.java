package io.hindspan.store.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hindspan.core.DirectoryLock;

/**
 * The file of traces, as long as this application has it: nobody else's for a moment, and
 * exchanged for its copy by one rename. One thread takes it, writes to it and gives it
 * up; any reads.
 */
final class HeldFile {

	private static final Logger logger = LoggerFactory.getLogger(HeldFile.class);

	private final Path directory;

	private final Path file;

	/** Tidying overwrites what is read, and closing takes it away. */
	private final ReadWriteLock reading = new ReentrantReadWriteLock();

	private volatile @Nullable TraceFile open;

	private @Nullable DirectoryLock lock;

	private @Nullable Object key;

	private boolean inUse;

	private boolean untidy;

	HeldFile(Path directory) {
		this.directory = directory;
		this.file = directory.resolve("traces.mv");
	}

	/**
	 * The file to write to, or {@code null} while it is not held.
	 */
	@Nullable TraceFile open() {
		return this.open;
	}

	/**
	 * Reads, while nobody closes the file.
	 * @param action is given the file, or {@code null} while it is not held
	 */
	<T> T read(Function<@Nullable TraceFile, T> action) {
		this.reading.readLock().lock();
		try {
			return action.apply(this.open);
		}
		finally {
			this.reading.readLock().unlock();
		}
	}

	/**
	 * Whether it is another process that has the directory.
	 */
	boolean isInUse() {
		return this.inUse;
	}

	/**
	 * Takes the directory and opens the file, or begins it.
	 * @throws IOException if that cannot be
	 */
	void take() throws IOException {
		if (this.lock == null) {
			this.lock = DirectoryLock.tryToTake(this.directory);
			this.inUse = (this.lock == null);
			if (this.inUse) {
				throw new IOException("It is in use by another process, which writes its own traces to it");
			}
		}
		takeUpCopy();
		open(-1);
	}

	/**
	 * A copy that a crash has left is of no use, unless it was about to take the place of
	 * a file that was set aside.
	 */
	private void takeUpCopy() throws IOException {
		Path place = place();
		Path copy = TraceFile.copyOf(place);
		if (Files.exists(copy) && !Files.exists(place) && Files.exists(TraceFile.aside(place))) {
			Files.move(copy, place, StandardCopyOption.ATOMIC_MOVE);
		}
		Files.deleteIfExists(copy);
	}

	private void open(long knownBytes) throws IOException {
		TraceFile opened = TraceFile.open(place(), knownBytes);
		this.untidy = false;
		this.key = key();
		this.open = opened;
	}

	/**
	 * Where the file is, which may be behind a link.
	 */
	private Path place() throws IOException {
		return Files.exists(this.file) ? this.file.toRealPath() : this.file;
	}

	/**
	 * Tells one file from another of the same name, where the file system does.
	 */
	private @Nullable Object key() throws IOException {
		return Files.readAttributes(this.file, BasicFileAttributes.class).fileKey();
	}

	/**
	 * Whether the file that is open is still the one of this name.
	 */
	boolean isStillThere() {
		try {
			return Objects.equals(this.key, key());
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Closes the file, whatever state it is in, and opens it again.
	 * @throws IOException if that cannot be
	 */
	void reopen() throws IOException {
		exchange(() -> -1);
	}

	/**
	 * Puts what can be read of the file in its place.
	 * @param damage why
	 * @param end tells whether to give up
	 * @throws IOException if that fails
	 */
	void salvage(Throwable damage, BooleanSupplier end) throws IOException {
		exchange(() -> TraceFile.salvage(place(), damage, end));
	}

	/**
	 * Puts a copy without unused room in the place of the file. Nobody may write
	 * meanwhile.
	 * @param end tells whether to give up
	 * @return {@code false} if there is no copy, for want of room, say
	 * @throws IOException if the copy cannot take the file's place
	 */
	boolean shorten(BooleanSupplier end) throws IOException {
		TraceFile current = Objects.requireNonNull(this.open);
		Path place = place();
		Path copy = TraceFile.copyOf(place);
		long copied;
		try {
			copied = current.copyTo(copy, end);
		}
		catch (IOException ex) {
			logger.debug("{} cannot be made shorter now", this.file, ex);
			return false;
		}
		exchange(() -> {
			Files.move(copy, place, StandardCopyOption.ATOMIC_MOVE);
			return copied;
		});
		return true;
	}

	/**
	 * Closes the file and opens it, while nobody reads.
	 * @param between what to do with it when it is closed
	 */
	private void exchange(Change between) throws IOException {
		this.reading.writeLock().lock();
		try {
			TraceFile current = this.open;
			if (current != null) {
				current.abandon();
			}
			open(between.make());
		}
		finally {
			this.reading.writeLock().unlock();
		}
	}

	/**
	 * Makes room that is hardly used free for what is written next. What cannot be read
	 * stays where it is.
	 */
	void tidy() {
		TraceFile current = this.open;
		if (current == null || this.untidy) {
			return;
		}
		this.reading.writeLock().lock();
		try {
			current.tidy();
		}
		catch (RuntimeException ex) {
			this.untidy = TraceFile.isDamage(ex);
			throw ex;
		}
		finally {
			this.reading.writeLock().unlock();
		}
	}

	/**
	 * Gives the file up. One that is damaged is set aside.
	 */
	void giveUp(Throwable reason) {
		leave(TraceFile::abandon, () -> {
			if (this.lock != null && TraceFile.isDamage(reason)) {
				setAside(reason);
			}
		});
	}

	/**
	 * Closes the file with what was written.
	 */
	void close() {
		leave(TraceFile::close, () -> {
		});
	}

	private void leave(Consumer<TraceFile> closing, Runnable then) {
		this.reading.writeLock().lock();
		try {
			TraceFile current = this.open;
			this.open = null;
			if (current != null) {
				closing.accept(current);
			}
			then.run();
		}
		finally {
			this.reading.writeLock().unlock();
			leaveDirectory();
		}
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

	/**
	 * Deletes the file that was set aside, if nothing was written to it since a time.
	 * @param before the time, nanoseconds since the epoch
	 */
	void deleteAside(long before) {
		try {
			Path aside = TraceFile.aside(place());
			if (Files.exists(aside) && Files.getLastModifiedTime(aside).to(TimeUnit.NANOSECONDS) < before) {
				Files.delete(aside);
			}
		}
		catch (IOException ex) {
			logger.warn("What was set aside of {} cannot be deleted ({}).", this.file, ex.getMessage());
		}
	}

	@Override
	public String toString() {
		return this.file.toString();
	}

	/**
	 * What is done with the file while it is closed.
	 */
	private interface Change {

		/**
		 * Does it.
		 * @return how much is in the file, or -1 if that is not known
		 */
		long make() throws IOException;

	}

}
