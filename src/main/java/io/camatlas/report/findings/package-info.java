/**
 * What deserves attention in an atlas, in plain sentences.
 *
 * <p>A {@link io.camatlas.report.findings.Check} is one question and the thresholds that decide it.
 * {@link io.camatlas.report.findings.Checks} lists all checks, {@link
 * io.camatlas.report.findings.Findings} runs them, and the report explains the same list to its
 * readers. A new check is one class and one line in the list.
 *
 * <p>May import {@code report.facts}, {@code report} and {@code localize}; knows nothing of pages.
 * Read {@link io.camatlas.report.findings.Check} first, then {@link
 * io.camatlas.report.findings.BlankMaps} as the shortest example.
 */
package io.camatlas.report.findings;
