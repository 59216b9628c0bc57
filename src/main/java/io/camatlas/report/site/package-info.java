/**
 * The report: a site of static pages that opens from disk, without a server and without a network.
 *
 * <p>{@link io.camatlas.report.site.ReportSite} fills FreeMarker templates with what {@code
 * report.facts} holds and {@code report.findings} says. Charts are drawn in the browser by D3.
 * Whatever comes from data is text: templates escape it, and file names are made of numbers and
 * hashes.
 *
 * <p>May import the rest of {@code report}, {@code localize} and {@code image}; knows nothing of
 * Spark. Read {@link io.camatlas.report.site.ReportSite} first.
 */
package io.camatlas.report.site;
