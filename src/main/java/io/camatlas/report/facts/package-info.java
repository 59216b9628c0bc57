/**
 * The contents of a report as records: views, classes, feature maps, pictures and failures, and the
 * names of its pages.
 *
 * <p>May import {@code report}, {@code localize} and {@code image}. Findings are drawn from these
 * records, and pages show them. Read {@link io.camatlas.report.facts.ViewReport} first.
 */
package io.camatlas.report.facts;
