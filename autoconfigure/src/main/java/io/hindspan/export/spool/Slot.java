package io.hindspan.export.spool;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.hindspan.core.DirectoryLock;
import io.hindspan.core.PrivateFiles;

/**
 * A numbered directory that belongs to one process at a time, by a lock that ends with
 * the process. So several that are given the same directory do not share their files, and
 * what one has left behind is found by the next.
 */
final class Slot implements AutoCloseable {

	private static final int MAX_SLOTS = 256;

	private static final Pattern NUMBER = Pattern.compile("\\d{1,3}");

	private final Path directory;

	private final DirectoryLock lock;

	private Slot(Path directory, DirectoryLock lock) {
		this.directory = directory;
		this.lock = lock;
	}

	/**
	 * Takes the first slot that is free, and into it the files of others that are. One
	 * that cannot be used, such as another user's, is left alone.
	 * @throws IOException if there is none, or no file can be written
	 */
	static Slot take(Path parent) throws IOException {
		PrivateFiles.createDirectories(parent);
		IOException failure = null;
		for (int i = 0; i < MAX_SLOTS; i++) {
			try {
				Slot slot = tryToTake(parent.resolve(Integer.toString(i)));
				if (slot != null) {
					slot.takeOver(parent);
					return slot;
				}
			}
			catch (IOException ex) {
				failure = (failure != null) ? failure : ex;
			}
		}
		throw (failure != null) ? failure : new IOException(MAX_SLOTS + " processes use it");
	}

	private static @Nullable Slot tryToTake(Path directory) throws IOException {
		DirectoryLock lock = DirectoryLock.tryToTake(directory);
		return (lock != null) ? new Slot(directory, lock) : null;
	}

	private void takeOver(Path parent) {
		try (DirectoryStream<Path> all = Files.newDirectoryStream(parent,
				(path) -> NUMBER.matcher(path.getFileName().toString()).matches() && !path.equals(this.directory)
						&& Files.isDirectory(path))) {
			all.forEach(this::takeOverFrom);
		}
		catch (IOException | DirectoryIteratorException ex) {
			// What was left stays for another start
		}
	}

	private void takeOverFrom(Path other) {
		try (Slot left = tryToTake(other)) {
			if (left != null) {
				for (Path file : left.files()) {
					Files.move(file, this.directory.resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
				}
			}
		}
		catch (IOException | DirectoryIteratorException ex) {
			// It stays for another start, and keeps nobody from this slot
		}
	}

	/**
	 * The files of batches, of which the name of an older one comes first.
	 */
	List<Path> files() throws IOException {
		List<Path> files = new ArrayList<>();
		try (DirectoryStream<Path> all = Files.newDirectoryStream(this.directory, "*" + BatchName.SUFFIX)) {
			all.forEach(files::add);
		}
		files.sort(null);
		return files;
	}

	Path directory() {
		return this.directory;
	}

	@Override
	public void close() throws IOException {
		this.lock.close();
	}

}
