package io.hindspan.outbox;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * The context in which each publication was stored: in the memory of this process, and
 * with the row where its table has a column for it. A publication's own columns are never
 * touched. Thread-safe.
 */
final class PublicationTraces {

	static final int MAX_REMEMBERED = 2_000;

	private final @Nullable TraceColumn column;

	private final Map<UUID, String> remembered = Collections.synchronizedMap(new LinkedHashMap<>() {

		@Override
		protected boolean removeEldestEntry(Map.Entry<UUID, String> eldest) {
			return size() > MAX_REMEMBERED;
		}

	});

	PublicationTraces(@Nullable TraceColumn column) {
		this.column = column;
	}

	/**
	 * Notes the context of publications, in the transaction that stored them.
	 */
	void note(Collection<UUID> publications, String context) {
		publications.forEach((publication) -> this.remembered.put(publication, context));
		if (this.column != null && !publications.isEmpty()) {
			this.column.write(publications, context);
		}
	}

	/**
	 * The context of a publication, or {@code null} if nobody knows it any more.
	 */
	@Nullable String find(UUID publication) {
		String context = this.remembered.get(publication);
		return (context != null || this.column == null) ? context : this.column.read(publication);
	}

}
