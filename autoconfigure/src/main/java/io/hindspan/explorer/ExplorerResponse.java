package io.hindspan.explorer;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An answer.
 *
 * @param status the status
 * @param headers the headers
 * @param body the body, which may be empty
 */
record ExplorerResponse(int status, Map<String, String> headers, byte[] body) {

	private static final byte[] NOTHING = {};

	static ExplorerResponse json(int status, byte[] body) {
		return of(status, "application/json", body).with("Cache-Control", "no-store");
	}

	static ExplorerResponse json(Json json) {
		return json(200, json.toBytes());
	}

	static ExplorerResponse error(int status, String message) {
		return json(status, new Json().object().member("error", message).endObject().toBytes());
	}

	static ExplorerResponse of(int status, String contentType, byte[] body) {
		Map<String, String> headers = new LinkedHashMap<>();
		headers.put("Content-Type", contentType);
		return new ExplorerResponse(status, headers, body);
	}

	static ExplorerResponse empty(int status) {
		return new ExplorerResponse(status, new LinkedHashMap<>(), NOTHING);
	}

	/**
	 * Adds a header.
	 */
	ExplorerResponse with(String name, String value) {
		this.headers.put(name, value);
		return this;
	}

	/**
	 * The same without its body.
	 */
	ExplorerResponse withoutBody() {
		return new ExplorerResponse(this.status, this.headers, NOTHING);
	}

}
