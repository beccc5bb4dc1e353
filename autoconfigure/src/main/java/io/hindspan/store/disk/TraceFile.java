package io.hindspan.store.disk;

import java.io.EOFException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.h2.mvstore.Cursor;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hindspan.core.PrivateFiles;
import io.hindspan.store.SpanRecord;

/**
 * The open file. One thread writes and commits, so what a crash leaves behind is a state
 * between two calls of {@link #append}; any reads.
 * <p>
 * Three maps: where the spans of each trace are and when it began, the traces by their
 * beginning with the length of their spans, and the spans in the order of their trace's
 * arrival. So only the first of them is written all over, and its entries are short. Keys
 * and values are texts, numbers and bytes: nothing is deserialised that the file names.
 */
final class TraceFile implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(TraceFile.class);

	private static final String CLAIM = "io.hindspan.store.disk.";

	private static final int CACHE_MEGABYTES = 4;

	private static final int ID_LENGTH = 32;

	private static final int DIGITS = 16;

	/** Of a page: a changed one is written again. */
	private static final int PAGE_BYTES = 8 * 1024;

	/** Greater than any digit. */
	private static final String BEHIND = "~";

	/** No trace has more spans in memory than this. */
	private static final int MAX_SPANS = 20_000;

	private static final int FULL = 60;

	private static final int COMPACTED_AT_ONCE = 8 * 1024 * 1024;

	private static final int COPIED_AT_ONCE = 4 * 1024 * 1024;

	private final MVStore store;

	private final MVMap<String, byte[]> spans;

	private final MVMap<String, String> traces;

	private final MVMap<String, Long> order;

	private final String claim;

	private long bytes;

	private TraceFile(MVStore store, String claim) {
		this.store = store;
		this.claim = claim;
		store.setVersionsToKeep(0);
		this.spans = store.openMap("spans",
				new MVMap.Builder<String, byte[]>().keyType(BoundedType.TEXT).valueType(BoundedType.BYTES));
		this.traces = store.openMap("traces",
				new MVMap.Builder<String, String>().keyType(BoundedType.TEXT).valueType(BoundedType.TEXT));
		this.order = store.openMap("order",
				new MVMap.Builder<String, Long>().keyType(BoundedType.TEXT).valueType(BoundedType.NUMBER));
		Cursor<String, Long> lengths = this.order.cursor(null);
		while (lengths.hasNext()) {
			lengths.next();
			this.bytes += lengths.getValue();
		}
	}

	/**
	 * Opens a file. One that is none of these is set aside.
	 * @throws FileInUseException if another one has it open
	 * @throws IOException if it cannot be opened
	 */
	static TraceFile open(Path file) throws IOException {
		PrivateFiles.createDirectories(file.toAbsolutePath().getParent());
		try {
			Files.createFile(file, PrivateFiles.file());
		}
		catch (FileAlreadyExistsException ex) {
			// It is from an earlier start
		}
		// Who opens and closes a file of which the same process has a lock ends the lock
		String claim = CLAIM + file.toRealPath();
		if (System.getProperties().putIfAbsent(claim, "taken") != null) {
			throw new FileInUseException();
		}
		TraceFile opened = null;
		try {
			try {
				opened = tryToOpen(file, claim);
			}
			catch (RuntimeException ex) {
				if (ex instanceof MVStoreException failure && failure.getErrorCode() == DataUtils.ERROR_FILE_LOCKED) {
					throw new FileInUseException();
				}
				if (ex instanceof MVStoreException && !isDamage(ex)) {
					throw new IOException(ex.getMessage(), ex);
				}
				setAside(file, ex);
				Files.createFile(file, PrivateFiles.file());
				opened = tryToOpen(file, claim);
			}
			return opened;
		}
		catch (MVStoreException ex) {
			throw new IOException(ex.getMessage(), ex);
		}
		finally {
			if (opened == null) {
				System.getProperties().remove(claim);
			}
		}
	}

	/**
	 * Nothing is committed but what {@link #commit()} does.
	 */
	private static TraceFile tryToOpen(Path file, String claim) {
		MVStore store = new MVStore.Builder().fileName(file.toString())
			.autoCommitDisabled()
			.autoCommitBufferSize(0)
			.cacheSize(CACHE_MEGABYTES)
			.pageSplitSize(PAGE_BYTES)
			.open();
		try {
			return new TraceFile(store, claim);
		}
		catch (RuntimeException ex) {
			store.closeImmediately();
			throw ex;
		}
	}

	static void setAside(Path file, Exception ex) throws IOException {
		Path aside = file.resolveSibling(file.getFileName() + ".unreadable");
		Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
		logger.warn("{} cannot be read ({}). It is kept as {}, and a new one is begun.", file, ex.getMessage(),
				aside.getFileName());
	}

	/**
	 * Whether what a file failed with will not go away.
	 */
	static boolean isDamage(Exception failure) {
		if (failure instanceof MVStoreException ex) {
			return switch (ex.getErrorCode()) {
				case DataUtils.ERROR_FILE_CORRUPT, DataUtils.ERROR_CHUNK_NOT_FOUND, DataUtils.ERROR_BLOCK_NOT_FOUND,
						DataUtils.ERROR_SERIALIZATION, DataUtils.ERROR_INTERNAL, DataUtils.ERROR_UNSUPPORTED_FORMAT ->
					true;
				default -> ex.getCause() instanceof EOFException;
			};
		}
		return failure instanceof IndexOutOfBoundsException || failure instanceof BufferUnderflowException
				|| failure instanceof NumberFormatException;
	}

	/**
	 * Writes spans.
	 * @param now the time, which no trace is later than
	 */
	void append(Iterable<SpanRecord> records, long now) throws IOException {
		Map<String, List<SpanRecord>> traces = new LinkedHashMap<>();
		for (SpanRecord record : records) {
			traces.computeIfAbsent(record.traceId(), (id) -> new ArrayList<>()).add(record);
		}
		for (Map.Entry<String, List<SpanRecord>> trace : traces.entrySet()) {
			append(trace.getKey(), trace.getValue(), now);
		}
	}

	private void append(String traceId, List<SpanRecord> records, long now) throws IOException {
		byte[] content = RecordCode.encode(records);
		long start = now;
		for (SpanRecord record : records) {
			start = Math.max(0, Math.min(start, record.start()));
		}
		long length = content.length;
		String place = digits(now) + traceId;
		String before = this.traces.get(traceId);
		if (before != null) {
			place = before.substring(0, DIGITS) + traceId;
			String began = before.substring(DIGITS);
			start = Math.min(HexFormat.fromHexDigitsToLong(began), start);
			Long known = this.order.remove(began + traceId);
			length += (known != null) ? known : 0;
		}
		this.traces.put(traceId, place.substring(0, DIGITS) + digits(start));
		this.order.put(digits(start) + traceId, length);
		String last = this.spans.floorKey(place + BEHIND);
		long number = (last != null && last.startsWith(place))
				? HexFormat.fromHexDigitsToLong(last, place.length(), last.length()) + 1 : 0;
		this.spans.put(place + digits(number), content);
		this.bytes += content.length;
	}

	private static String digits(long number) {
		return HexFormat.of().toHexDigits(number);
	}

	static String traceId(String orderKey) {
		return orderKey.substring(orderKey.length() - ID_LENGTH);
	}

	/**
	 * Deletes the oldest trace.
	 * @param before a time, of which the trace must be before
	 * @return whether there was one
	 */
	boolean deleteOldest(long before) {
		String oldest = this.order.firstKey();
		if (oldest == null || !isBefore(oldest, before)) {
			return false;
		}
		Long length = this.order.remove(oldest);
		String traceId = traceId(oldest);
		String known = this.traces.remove(traceId);
		if (known != null) {
			String place = known.substring(0, DIGITS) + traceId;
			String key = this.spans.ceilingKey(place);
			while (key != null && key.startsWith(place)) {
				this.spans.remove(key);
				key = this.spans.higherKey(key);
			}
		}
		this.bytes -= (length != null) ? length : 0;
		return true;
	}

	void clear() {
		this.spans.clear();
		this.traces.clear();
		this.order.clear();
		this.bytes = 0;
	}

	void commit() {
		this.store.commit();
	}

	/**
	 * Waits until the disk has what was committed.
	 */
	void sync() {
		this.store.sync();
	}

	/**
	 * Writes all there is to a new file, which has no unused room. Nobody may write
	 * meanwhile.
	 * @throws IOException if that fails; there is no such file then
	 */
	void copyTo(Path target) throws IOException {
		Files.deleteIfExists(target);
		Files.createFile(target, PrivateFiles.file());
		boolean whole = false;
		TraceFile copy = null;
		try {
			copy = tryToOpen(target, CLAIM + target);
			copy(this.traces, copy.traces, copy.store);
			copy(this.order, copy.order, copy.store);
			copy(this.spans, copy.spans, copy.store);
			copy.commit();
			copy.sync();
			copy.close();
			whole = true;
		}
		catch (MVStoreException ex) {
			if (isDamage(ex)) {
				throw ex;
			}
			throw new IOException(ex.getMessage(), ex);
		}
		finally {
			if (!whole) {
				if (copy != null) {
					copy.abandon();
				}
				Files.deleteIfExists(target);
			}
		}
	}

	private static <V> void copy(MVMap<String, V> from, MVMap<String, V> to, MVStore store) {
		Cursor<String, V> entries = from.cursor(null);
		while (entries.hasNext()) {
			to.put(entries.next(), entries.getValue());
			if (store.getUnsavedMemory() >= COPIED_AT_ONCE) {
				store.commit();
			}
		}
	}

	/**
	 * Makes room that is hardly used free for what is written next.
	 */
	void tidy() {
		this.store.compact(FULL, COMPACTED_AT_ONCE);
	}

	/**
	 * Reads the spans of a trace.
	 * @return the spans, none if it is not known
	 */
	List<SpanRecord> read(String traceId) throws IOException {
		List<SpanRecord> records = new ArrayList<>();
		String known = this.traces.get(traceId);
		if (known == null) {
			return records;
		}
		String place = known.substring(0, DIGITS) + traceId;
		Cursor<String, byte[]> contents = this.spans.cursor(place);
		while (contents.hasNext() && contents.next().startsWith(place) && records.size() < MAX_SPANS) {
			records.addAll(RecordCode.decode(traceId, contents.getValue()));
		}
		return records;
	}

	/**
	 * The trace before another one.
	 * @param from the latest time, or {@code null}
	 * @param last what this method has given, or {@code null} for the newest trace
	 * @return a place from which {@link #traceId} tells the id, or {@code null} at the
	 * end
	 */
	@Nullable String older(@Nullable Long from, @Nullable String last) {
		if (last != null) {
			return this.order.lowerKey(last);
		}
		return (from != null) ? this.order.floorKey(digits(Math.max(0, from)) + BEHIND) : this.order.lastKey();
	}

	static boolean isBefore(String place, long time) {
		return place.compareTo(digits(Math.max(0, time))) < 0;
	}

	int size() {
		return this.order.size();
	}

	/**
	 * How long the spans are, which is asked of the thread that writes.
	 */
	long bytes() {
		return this.bytes;
	}

	long fileBytes() {
		return this.store.getFileStore().size();
	}

	/**
	 * Closes it with what was written.
	 */
	@Override
	public void close() {
		try {
			this.store.close();
		}
		finally {
			System.getProperties().remove(this.claim);
		}
	}

	/**
	 * Closes it without writing, after a failure.
	 */
	void abandon() {
		try {
			this.store.closeImmediately();
		}
		catch (RuntimeException ex) {
			logger.debug("The file cannot even be closed", ex);
		}
		finally {
			System.getProperties().remove(this.claim);
		}
	}

	/**
	 * Another process, or another application of this one, has the file open.
	 */
	static final class FileInUseException extends IOException {

		FileInUseException() {
			super("It is in use by another process, which writes its own traces to it");
		}

	}

}
