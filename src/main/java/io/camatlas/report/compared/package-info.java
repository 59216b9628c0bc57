/**
 * The contents of a comparison of two audits, and what in them deserves attention, in plain
 * sentences.
 *
 * <p>A {@link io.camatlas.report.compared.ChangeCheck} is one question; {@link
 * io.camatlas.report.compared.ChangeChecks} lists them all. A new one is one class and one line in
 * the list.
 *
 * <p>May import {@code report}, {@code report.facts}, {@code report.findings} and {@code compare}.
 * Read {@link io.camatlas.report.compared.Comparison} first.
 */
package io.camatlas.report.compared;
