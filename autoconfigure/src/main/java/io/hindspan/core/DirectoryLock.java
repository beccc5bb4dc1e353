package io.hindspan.core;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import org.jspecify.annotations.Nullable;

/**
 * Holds a directory for one application at a time, until it is closed or the process
 * ends.
 */
public final class DirectoryLock implements AutoCloseable {

	private static final String LOCK = "lock";

	private static final String CLAIM = "io.hindspan.directory.";

	private final FileChannel channel;

	private final String claim;

	private boolean closed;

	private DirectoryLock(FileChannel channel, String claim) {
		this.channel = channel;
		this.claim = claim;
	}

	/**
	 * Takes a directory if it is free. Another application of the same process, with
	 * another class loader perhaps, must not even open the file of a lock that is held:
	 * closing it again would end the lock. So who has one says it to the whole JVM.
	 * @param directory the directory, which is created for its owner alone unless it is
	 * there
	 * @return the lock, or {@code null} if somebody else has it
	 * @throws IOException if there can be no such directory, or no file in it
	 */
	public static @Nullable DirectoryLock tryToTake(Path directory) throws IOException {
		PrivateFiles.createDirectories(directory);
		String claim = CLAIM + directory.toRealPath();
		if (System.getProperties().putIfAbsent(claim, "taken") != null) {
			return null;
		}
		FileChannel channel = null;
		DirectoryLock taken = null;
		try {
			channel = FileChannel.open(directory.resolve(LOCK), PrivateFiles.options(StandardOpenOption.CREATE),
					PrivateFiles.file());
			if (channel.tryLock() != null) {
				taken = new DirectoryLock(channel, claim);
			}
			return taken;
		}
		finally {
			if (taken == null) {
				if (channel != null) {
					channel.close();
				}
				System.getProperties().remove(claim);
			}
		}
	}

	/**
	 * Gives the directory back. Once more, it does nothing.
	 * @throws IOException if the file cannot be closed
	 */
	@Override
	public synchronized void close() throws IOException {
		if (this.closed) {
			return;
		}
		this.closed = true;
		try {
			this.channel.close();
		}
		finally {
			System.getProperties().remove(this.claim);
		}
	}

}
