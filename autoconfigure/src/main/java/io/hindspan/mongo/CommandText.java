package io.hindspan.mongo;

import java.util.Map;
import java.util.Set;

import org.bson.BsonDocument;
import org.bson.BsonValue;

/**
 * Writes a command without its values: the names of fields stay, and of an array its
 * first element. Bounded in length and depth.
 */
final class CommandText {

	static final int MAX_LENGTH = 2048;

	private static final int MAX_DEPTH = 20;

	private static final String MORE = "...";

	private static final String VALUE = "\"?\"";

	/** What the driver adds to every command. */
	private static final Set<String> OF_THE_DRIVER = Set.of("$db", "lsid", "txnNumber", "$clusterTime",
			"$readPreference", "apiVersion", "apiStrict", "apiDeprecationErrors", "startTransaction", "autocommit",
			"readConcern", "writeConcern", "maxTimeMS");

	private final StringBuilder text = new StringBuilder();

	private CommandText() {
	}

	/**
	 * The text of a command.
	 * @param command the command as it is sent
	 * @param collection whether the first value is the name of a collection
	 */
	static String of(BsonDocument command, boolean collection) {
		CommandText text = new CommandText();
		text.command(command, collection);
		return text.text.toString();
	}

	private void command(BsonDocument command, boolean collection) {
		this.text.append('{');
		boolean first = true;
		for (Map.Entry<String, BsonValue> entry : command.entrySet()) {
			if (OF_THE_DRIVER.contains(entry.getKey())) {
				continue;
			}
			if (!name(entry.getKey(), first)) {
				break;
			}
			if (first && collection) {
				this.text.append('"').append(entry.getValue().asString().getValue()).append('"');
			}
			else {
				value(entry.getValue(), 1);
			}
			first = false;
		}
		this.text.append('}');
	}

	/**
	 * Writes the name of a field.
	 * @return whether there is room for it
	 */
	private boolean name(String name, boolean first) {
		if (!first) {
			this.text.append(", ");
		}
		if (this.text.length() + name.length() > MAX_LENGTH) {
			this.text.append(MORE);
			return false;
		}
		this.text.append('"').append(name).append("\": ");
		return true;
	}

	private void value(BsonValue value, int depth) {
		if (value.isDocument() && depth < MAX_DEPTH) {
			document(value.asDocument(), depth);
		}
		else if (value.isArray() && depth < MAX_DEPTH) {
			array(value, depth);
		}
		else {
			this.text.append(VALUE);
		}
	}

	private void document(BsonDocument document, int depth) {
		this.text.append('{');
		boolean first = true;
		for (Map.Entry<String, BsonValue> entry : document.entrySet()) {
			if (!name(entry.getKey(), first)) {
				break;
			}
			value(entry.getValue(), depth + 1);
			first = false;
		}
		this.text.append('}');
	}

	/**
	 * The stages of a pipeline are different from each other, the values of a list are
	 * not.
	 */
	private void array(BsonValue value, int depth) {
		this.text.append('[');
		boolean first = true;
		for (BsonValue element : value.asArray()) {
			if (!first) {
				this.text.append(", ");
				if (!isStage(element) || this.text.length() > MAX_LENGTH) {
					this.text.append(MORE);
					break;
				}
			}
			value(element, depth + 1);
			first = false;
		}
		this.text.append(']');
	}

	private static boolean isStage(BsonValue element) {
		return element.isDocument() && !element.asDocument().isEmpty()
				&& element.asDocument().getFirstKey().startsWith("$");
	}

}
