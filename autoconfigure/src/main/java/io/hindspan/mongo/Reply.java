package io.hindspan.mongo;

import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/**
 * What a server answers to a command that it has carried out, at least in part.
 *
 * @param document the answer
 */
record Reply(BsonDocument document) {

	/**
	 * How many documents came with this answer.
	 * @return the number, or {@code null} where the command returns none
	 */
	@Nullable Long returnedRows() {
		BsonValue cursor = this.document.get("cursor");
		if (cursor == null || !cursor.isDocument()) {
			return null;
		}
		BsonArray batch = array(cursor.asDocument(), "firstBatch");
		batch = (batch != null) ? batch : array(cursor.asDocument(), "nextBatch");
		return (batch != null) ? Long.valueOf(batch.size()) : null;
	}

	/**
	 * How many documents a write has written, or found to be written to.
	 * @return the number, or {@code null} where it is not told
	 */
	@Nullable Long affectedRows() {
		BsonValue number = this.document.get("n");
		return (number != null && number.isNumber()) ? Long.valueOf(number.asNumber().longValue()) : null;
	}

	/**
	 * Why something was not written although the command was carried out.
	 * @return the code of the first error, or {@code null} where there is none
	 */
	@Nullable String writeError() {
		BsonArray errors = array(this.document, "writeErrors");
		BsonValue error = (errors != null && !errors.isEmpty()) ? errors.get(0)
				: this.document.get("writeConcernError");
		BsonValue code = (error != null && error.isDocument()) ? error.asDocument().get("code") : null;
		return (code != null && code.isNumber()) ? Integer.toString(code.asNumber().intValue()) : null;
	}

	private static @Nullable BsonArray array(BsonDocument document, String name) {
		BsonValue value = document.get(name);
		return (value != null && value.isArray()) ? value.asArray() : null;
	}

}
