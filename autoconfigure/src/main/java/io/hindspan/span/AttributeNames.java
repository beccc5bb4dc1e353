package io.hindspan.span;

/**
 * Which names of the OpenTelemetry semantic conventions the spans carry.
 */
public enum AttributeNames {

	/** The stable names, such as {@code http.request.method}. */
	STABLE,

	/** The older names, such as {@code http.method}. */
	LEGACY,

	/** Both, for the time of a migration. */
	BOTH

}
