package io.hindspan.explorer;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;

/**
 * Keeps the explorer's requests out of the application's meters.
 */
final class UnmeasuredRequests implements MeterFilter {

	private final String meter;

	private final String path;

	/**
	 * Creates the filter.
	 * @param meter the name of the meter of requests
	 * @param path the explorer's path
	 */
	UnmeasuredRequests(String meter, String path) {
		this.meter = meter;
		this.path = path;
	}

	@Override
	public MeterFilterReply accept(Meter.Id id) {
		String uri = id.getName().equals(this.meter) ? id.getTag("uri") : null;
		return (uri != null && (uri.equals(this.path) || uri.equals(this.path + "/**"))) ? MeterFilterReply.DENY
				: MeterFilterReply.NEUTRAL;
	}

}
