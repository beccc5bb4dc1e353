package io.hindspan.store.disk;

import java.io.EOFException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

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

	private static final int CACHE_MEGABYTES = 4;

	private static final int ID_LENGTH = 32;

	private static final int DIGITS = 16;

	/** Of a page: a changed one is written again. */
	private static final int PAGE_BYTES = 8 * 1024;

	/** What spans take besides their content, their key above all. */
	private static final int ENTRY_BYTES = 110;

	/** What a trace takes besides its spans. */
	private static final int TRACE_BYTES = 160;

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

	private long bytes;

	private TraceFile(MVStore store, long bytes) {
		this.store = store;
		store.setVersionsToKeep(0);
		this.spans = store.openMap("spans",
				new MVMap.Builder<String, byte[]>().keyType(BoundedType.TEXT).valueType(BoundedType.BYTES));
		this.traces = store.openMap("traces",
				new MVMap.Builder<String, String>().keyType(BoundedType.TEXT).valueType(BoundedType.TEXT));
		this.order = store.openMap("order",
				new MVMap.Builder<String, Long>().keyType(BoundedType.TEXT).valueType(BoundedType.NUMBER));
		this.bytes = (bytes < 0) ? count() : bytes;
	}

	private long count() {
		long count = 0;
		Cursor<String, Long> lengths = this.order.cursor(null);
		while (lengths.hasNext()) {
			lengths.next();
			count += lengths.getValue();
		}
		return count;
	}

	/**
	 * Opens a file. One that is none of these is set aside.
	 * @param bytes how much is in it, or -1 if that is not known
	 * @throws IOException if it cannot be opened
	 */
	static TraceFile open(Path file, long bytes) throws IOException {
		try {
			Files.createFile(file, PrivateFiles.file());
		}
		catch (FileAlreadyExistsException ex) {
			// It is from an earlier start
		}
		try {
			try {
				return tryToOpen(file, bytes);
			}
			catch (RuntimeException ex) {
				if (ex instanceof MVStoreException && !isDamage(ex)) {
					throw new IOException(ex.getMessage(), ex);
				}
				return tryToOpen(file, mend(file, ex));
			}
		}
		catch (MVStoreException ex) {
			throw new IOException(ex.getMessage(), ex);
		}
	}

	/**
	 * Puts in the place of a damaged file what can be read of it, or nothing.
	 * @return how much is in the file now
	 */
	private static long mend(Path file, Throwable damage) throws IOException {
		try {
			return salvage(file, damage, () -> false);
		}
		catch (IOException | RuntimeException ex) {
			logger.debug("Nothing of {} can be saved", file, ex);
			setAside(file, damage);
			Files.createFile(file, PrivateFiles.file());
			return 0;
		}
	}

	/**
	 * Puts what can be read of a damaged file, which nobody has open, in its place, and
	 * sets it aside.
	 * @param end tells whether to give up
	 * @return how much is in the file now
	 * @throws IOException if that fails
	 */
	static long salvage(Path file, Throwable damage, BooleanSupplier end) throws IOException {
		Path copy = copyOf(file);
		long copied;
		TraceFile damaged = tryToOpen(file, 0);
		try {
			copied = damaged.salvageTo(copy, end);
		}
		finally {
			damaged.abandon();
		}
		setAside(file, damage);
		Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE);
		return copied;
	}

	/**
	 * What is to take the place of a file.
	 */
	static Path copyOf(Path file) {
		return file.resolveSibling(file.getFileName() + ".new");
	}

	/**
	 * Nothing is committed but what {@link #commit()} does.
	 */
	private static TraceFile tryToOpen(Path file, long bytes) {
		MVStore store = new MVStore.Builder().fileName(file.toString())
			.autoCommitDisabled()
			.autoCommitBufferSize(0)
			.cacheSize(CACHE_MEGABYTES)
			.pageSplitSize(PAGE_BYTES)
			.open();
		try {
			return new TraceFile(store, bytes);
		}
		catch (Throwable ex) {
			store.closeImmediately();
			throw ex;
		}
	}

	/**
	 * Where a file is kept that cannot be read.
	 */
	static Path aside(Path file) {
		return file.resolveSibling(file.getFileName() + ".unreadable");
	}

	static void setAside(Path file, Throwable ex) throws IOException {
		Path aside = aside(file);
		Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
		logger.warn("{} cannot be read ({}). It is kept as {}, and a new one is begun, with what can be read of it.",
				file, ex.getMessage(), aside.getFileName());
	}

	/**
	 * Whether what a file failed with will not go away.
	 */
	static boolean isDamage(Throwable failure) {
		if (failure instanceof MVStoreException ex) {
			if (ex.getCause() instanceof Error) {
				// Such as no memory, for which the file can do nothing
				return false;
			}
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
		// Before anything is changed: what an application writes may not be writable
		Map<String, List<SpanRecord>> traces = byTrace(records);
		Map<String, byte[]> contents = new LinkedHashMap<>();
		for (Map.Entry<String, List<SpanRecord>> trace : traces.entrySet()) {
			contents.put(trace.getKey(), encode(trace.getValue()));
		}
		traces.forEach((traceId, spans) -> append(traceId, spans, contents.get(traceId), now));
	}

	private static byte[] encode(List<SpanRecord> records) throws IOException {
		try {
			return RecordCode.encode(records);
		}
		catch (RuntimeException ex) {
			throw new IOException(ex.toString(), ex);
		}
	}

	private static Map<String, List<SpanRecord>> byTrace(Iterable<SpanRecord> records) {
		Map<String, List<SpanRecord>> traces = new LinkedHashMap<>();
		for (SpanRecord record : records) {
			traces.computeIfAbsent(record.traceId(), (id) -> new ArrayList<>()).add(record);
		}
		return traces;
	}

	private void append(String traceId, List<SpanRecord> records, byte[] content, long now) {
		int taken = content.length + ENTRY_BYTES;
		long start = now;
		for (SpanRecord record : records) {
			start = Math.max(0, Math.min(start, record.start()));
		}
		long length = taken;
		String place = digits(now) + traceId;
		String before = this.traces.get(traceId);
		if (before != null) {
			place = before.substring(0, DIGITS) + traceId;
			String began = before.substring(DIGITS);
			start = Math.min(HexFormat.fromHexDigitsToLong(began), start);
			Long known = this.order.remove(began + traceId);
			length += (known != null) ? known : 0;
		}
		else {
			length += TRACE_BYTES;
			taken += TRACE_BYTES;
		}
		this.traces.put(traceId, place.substring(0, DIGITS) + digits(start));
		this.order.put(digits(start) + traceId, length);
		String last = this.spans.floorKey(place + BEHIND);
		long number = (last != null && last.startsWith(place))
				? HexFormat.fromHexDigitsToLong(last, place.length(), last.length()) + 1 : 0;
		this.spans.put(place + digits(number), content);
		this.bytes += taken;
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
		if (length == null) {
			throw DataUtils.newMVStoreException(DataUtils.ERROR_FILE_CORRUPT, "A key is out of order");
		}
		this.bytes -= length;
		String traceId = traceId(oldest);
		String known = this.traces.remove(traceId);
		if (known != null) {
			deleteSpans(known.substring(0, DIGITS) + traceId);
		}
		return true;
	}

	private void deleteSpans(String place) {
		try {
			String key = this.spans.ceilingKey(place);
			while (key != null && key.startsWith(place)) {
				this.spans.remove(key);
				key = this.spans.higherKey(key);
			}
		}
		catch (RuntimeException ex) {
			if (!isDamage(ex)) {
				throw ex;
			}
			// Nobody finds them any more, and a copy leaves them out
			logger.debug("The spans at {} cannot be deleted", place, ex);
		}
	}

	void clear() {
		this.spans.clear();
		this.traces.clear();
		this.order.clear();
		this.bytes = 0;
	}

	/**
	 * Writes to the file what has changed.
	 */
	void commit() {
		if (this.store.isClosed()) {
			throw DataUtils.newMVStoreException(DataUtils.ERROR_CLOSED, "It was closed by an error within");
		}
		this.store.commit();
	}

	/**
	 * Waits until the disk has what was committed.
	 */
	void sync() {
		this.store.sync();
	}

	/**
	 * Writes all there is to a new file, which has no unused room; if some of it cannot
	 * be read, what can. Nobody may write meanwhile.
	 * @param end tells whether to give up
	 * @return how much is in the new file
	 * @throws IOException if that fails; there is no such file then
	 */
	long copyTo(Path target, BooleanSupplier end) throws IOException {
		try {
			return copyTo(target, (copy) -> {
				copy(this.traces, copy.traces, copy, end);
				copy(this.order, copy.order, copy, end);
				copy(this.spans, copy.spans, copy, end);
				copy.bytes = this.bytes;
			});
		}
		catch (MVStoreException ex) {
			return salvageTo(target, end);
		}
	}

	/**
	 * Writes all that can be read to a new file, trace by trace.
	 * @param end tells whether to give up
	 * @return how much is in the new file
	 * @throws IOException if that fails; there is no such file then
	 */
	private long salvageTo(Path target, BooleanSupplier end) throws IOException {
		try {
			return copyTo(target, (copy) -> salvage(this.order, copy, end));
		}
		catch (MVStoreException ex) {
			return copyTo(target, (copy) -> salvage(this.traces, copy, end));
		}
	}

	/**
	 * Copies the traces of which a map has the ids at the end of its keys.
	 */
	private void salvage(MVMap<String, ?> ids, TraceFile copy, BooleanSupplier end) throws IOException {
		int unreadable = 0;
		Iterator<String> keys = ids.keyIterator(null);
		while (keys.hasNext()) {
			check(end);
			unreadable += salvage(traceId(keys.next()), copy) ? 0 : 1;
		}
		if (unreadable > 0) {
			logger.warn("{} traces on disk cannot be read and are left out.", unreadable);
		}
	}

	private static void check(BooleanSupplier end) throws IOException {
		if (end.getAsBoolean()) {
			throw new IOException("It was given up");
		}
	}

	/**
	 * In the order of the keys, so that no page is written twice.
	 */
	private static <V> void copy(MVMap<String, V> from, MVMap<String, V> to, TraceFile copy, BooleanSupplier end)
			throws IOException {
		Cursor<String, V> entries = from.cursor(null);
		while (entries.hasNext()) {
			check(end);
			to.put(entries.next(), entries.getValue());
			copy.commitSometimes();
		}
	}

	private void commitSometimes() {
		if (this.store.getUnsavedMemory() >= COPIED_AT_ONCE) {
			commit();
		}
	}

	/**
	 * Writes a new file.
	 * @throws MVStoreException if this one is damaged
	 */
	private static long copyTo(Path target, Filling filling) throws IOException {
		Files.deleteIfExists(target);
		Files.createFile(target, PrivateFiles.file());
		TraceFile copy = null;
		boolean whole = false;
		try {
			copy = tryToOpen(target, 0);
			filling.fill(copy);
			copy.commit();
			copy.sync();
			copy.close();
			whole = true;
			return copy.bytes;
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

	/**
	 * Copies a trace.
	 * @return {@code false} if it cannot be read
	 */
	private boolean salvage(String traceId, TraceFile copy) {
		Map<String, byte[]> contents = new LinkedHashMap<>();
		String known;
		try {
			known = this.traces.get(traceId);
			if (known != null) {
				Cursor<String, byte[]> entries = entries(known, traceId);
				while (entries.hasNext() && isOf(entries.next(), known, traceId)) {
					contents.put(entries.getKey(), entries.getValue());
				}
			}
		}
		catch (RuntimeException ex) {
			if (!isDamage(ex)) {
				throw ex;
			}
			logger.debug("Trace {} cannot be read", traceId, ex);
			return false;
		}
		if (known == null || contents.isEmpty()) {
			return false;
		}
		long length = TRACE_BYTES;
		for (byte[] content : contents.values()) {
			length += content.length + ENTRY_BYTES;
		}
		copy.traces.put(traceId, known);
		copy.order.put(known.substring(DIGITS) + traceId, length);
		contents.forEach(copy.spans::put);
		copy.bytes += length;
		copy.commitSometimes();
		return true;
	}

	private Cursor<String, byte[]> entries(String known, String traceId) {
		return this.spans.cursor(known.substring(0, DIGITS) + traceId);
	}

	private static boolean isOf(String key, String known, String traceId) {
		return key.startsWith(known.substring(0, DIGITS)) && key.startsWith(traceId, DIGITS);
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
		Set<String> ids = new HashSet<>();
		Cursor<String, byte[]> contents = entries(known, traceId);
		while (contents.hasNext() && isOf(contents.next(), known, traceId) && records.size() < MAX_SPANS) {
			for (SpanRecord record : RecordCode.decode(traceId, contents.getValue())) {
				// What failed when it was in the file already was written once more
				if (ids.add(record.spanId())) {
					records.add(record);
				}
			}
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
		this.store.close();
	}

	/**
	 * Closes it without writing, after a failure. Once more, it does nothing.
	 */
	void abandon() {
		try {
			this.store.closeImmediately();
		}
		catch (RuntimeException ex) {
			logger.debug("The file cannot even be closed", ex);
		}
	}

	/**
	 * What is written to a new file.
	 */
	private interface Filling {

		void fill(TraceFile copy) throws IOException;

	}

}
