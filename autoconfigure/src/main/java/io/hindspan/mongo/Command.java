package io.hindspan.mongo;

import java.util.Set;

import com.mongodb.event.CommandStartedEvent;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

import io.hindspan.sql.SqlNames;

/**
 * What a command does.
 *
 * @param operation the name of the command
 * @param collection the collection, or {@code null} where the command is not about one
 */
record Command(String operation, @Nullable String collection) {

	/** Commands whose first value is the name of a collection, and not of a user. */
	private static final Set<String> ON_COLLECTION = Set.of("aggregate", "collMod", "collStats", "compact", "count",
			"create", "createIndexes", "delete", "distinct", "drop", "dropIndexes", "find", "findAndModify", "insert",
			"listIndexes", "mapReduce", "update", "validate");

	static final String NEXT_ROWS = "getMore";

	/**
	 * What drivers send to keep connections, sessions and cursors in order, and what asks
	 * a server whether it is well. Their values are not to be looked at.
	 */
	private static final Set<String> HOUSEKEEPING = Set.of("hello", "ismaster", "isMaster", "saslStart", "saslContinue",
			"authenticate", "getnonce", "copydbgetnonce", "ping", "buildInfo", "endSessions", "killCursors",
			"killSessions", "logout");

	private static final Set<String> WRITES = Set.of("insert", "update", "delete");

	static boolean writes(String name) {
		return WRITES.contains(name);
	}

	static boolean isHousekeeping(String name) {
		return HOUSEKEEPING.contains(name);
	}

	static Command of(CommandStartedEvent event) {
		String name = event.getCommandName();
		BsonDocument command = event.getCommand();
		BsonValue target = command.get(name.equals(NEXT_ROWS) ? "collection" : name);
		boolean named = (name.equals(NEXT_ROWS) || ON_COLLECTION.contains(name)) && target != null && target.isString();
		return new Command(name, named ? target.asString().getValue() : null);
	}

	/**
	 * The name of the span, of low cardinality.
	 */
	String spanName() {
		return (this.collection != null) ? this.operation + " " + SqlNames.withoutNumbers(this.collection)
				: this.operation;
	}

	/**
	 * Whether the first value of the command is the name of its collection.
	 */
	boolean beginsWithCollection() {
		return this.collection != null && !this.operation.equals(NEXT_ROWS);
	}

}
