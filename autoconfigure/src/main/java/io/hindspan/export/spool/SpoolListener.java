package io.hindspan.export.spool;

/**
 * Is told what a spool gives up, by the thread that has it do so.
 */
public interface SpoolListener {

	/**
	 * Spans were given up.
	 * @param loss why
	 * @param spans how many
	 */
	void lost(SpoolLoss loss, long spans);

}
