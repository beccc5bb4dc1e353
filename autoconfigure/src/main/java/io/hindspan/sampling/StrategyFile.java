package io.hindspan.sampling;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;

/**
 * A file with strategies. Looked at each time: the time and size of a file say little
 * where files are put in place of others, as by images that are built reproducibly.
 */
final class StrategyFile implements StrategySource {

	private static final int MAX_SIZE = 1024 * 1024;

	private final Resource resource;

	private final String service;

	/**
	 * What was read last, {@code null} before, and empty for a file that is not there.
	 */
	private byte @Nullable [] content;

	StrategyFile(Resource resource, String service) {
		this.resource = resource;
		this.service = service;
	}

	@Override
	public @Nullable ServiceStrategies read() throws IOException {
		byte[] before = this.content;
		// What cannot be read now may be readable the next time, without a change
		this.content = null;
		byte[] read = content();
		this.content = read;
		if (Arrays.equals(read, before)) {
			return null;
		}
		if (read.length == 0) {
			throw new IllegalArgumentException(this.resource.exists() ? "is empty" : "is not there");
		}
		if (read.length > MAX_SIZE) {
			throw new IllegalArgumentException("has more than " + MAX_SIZE + " bytes");
		}
		return StrategyReader.file(new String(read, StandardCharsets.UTF_8), this.service);
	}

	private byte[] content() throws IOException {
		try (InputStream content = this.resource.getInputStream()) {
			return content.readNBytes(MAX_SIZE + 1);
		}
		catch (FileNotFoundException | NoSuchFileException ex) {
			if (this.resource.exists()) {
				throw ex;
			}
			return new byte[0];
		}
	}

	@Override
	public String toString() {
		return this.resource.getDescription();
	}

}
