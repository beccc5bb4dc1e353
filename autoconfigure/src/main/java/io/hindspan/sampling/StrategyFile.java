package io.hindspan.sampling;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;

import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;

/**
 * A file with strategies, read again when its time or size differs from what it was.
 */
final class StrategyFile implements StrategySource {

	private static final int MAX_SIZE = 1024 * 1024;

	private final Resource resource;

	private final String service;

	private @Nullable Version version;

	StrategyFile(Resource resource, String service) {
		this.resource = resource;
		this.service = service;
	}

	@Override
	public @Nullable ServiceStrategies read() throws IOException {
		// Before the content: a change meanwhile is then seen the next time
		Version now = Version.of(this.resource);
		if (now.equals(this.version)) {
			return null;
		}
		this.version = now;
		try (InputStream content = this.resource.getInputStream()) {
			byte[] bytes = content.readNBytes(MAX_SIZE + 1);
			if (bytes.length > MAX_SIZE) {
				throw new IllegalArgumentException("has more than " + MAX_SIZE + " bytes");
			}
			return StrategyReader.file(new String(bytes, StandardCharsets.UTF_8), this.service);
		}
		catch (FileNotFoundException | NoSuchFileException ex) {
			throw new IllegalArgumentException("is not there", ex);
		}
	}

	@Override
	public String toString() {
		return this.resource.getDescription();
	}

	private record Version(long modified, long size) {

		private static final Version MISSING = new Version(-1, -1);

		static Version of(Resource resource) {
			try {
				return new Version(resource.lastModified(), resource.contentLength());
			}
			catch (IOException ex) {
				return MISSING;
			}
		}

	}

}
