package io.hindspan.core;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Makes files and directories that only their owner may read, where the file system knows
 * owners.
 */
public final class PrivateFiles {

	private static final FileAttribute<?>[] NONE = {};

	private static final boolean POSIX = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

	private PrivateFiles() {
	}

	/**
	 * The attributes with which a file is created.
	 * @return the attributes, none where the file system knows no owners
	 */
	public static FileAttribute<?>[] file() {
		return attributes("rw-------");
	}

	private static FileAttribute<?>[] attributes(String permissions) {
		return POSIX ? new FileAttribute<?>[] {
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)) } : NONE;
	}

	/**
	 * Creates a directory and those above it, unless they are there.
	 * @param directory the directory
	 * @throws IOException if one cannot be created
	 */
	public static void createDirectories(Path directory) throws IOException {
		Files.createDirectories(directory, attributes("rwx------"));
	}

	/**
	 * The options with which a file is opened for writing.
	 * @param creation whether it is created
	 * @return the options
	 */
	public static Set<OpenOption> options(StandardOpenOption creation) {
		return Set.of(StandardOpenOption.WRITE, creation);
	}

}
