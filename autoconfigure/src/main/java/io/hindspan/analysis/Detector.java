package io.hindspan.analysis;

/**
 * Looks for one kind of finding in a trace.
 */
interface Detector {

	/**
	 * Looks through a trace.
	 * @param view the trace
	 * @param findings where to put what is found, and what others found before
	 */
	void detect(TraceView view, Findings findings);

}
