/**
 * The report: a site of static pages that opens from disk, without a server and without a network.
 *
 * <p>{@link io.camatlas.report.site.ReportSite} fills FreeMarker templates with {@code
 * report.facts} and {@code report.findings}. Charts are drawn in the browser by D3. Templates
 * escape everything that comes from data, and file names consist of numbers and hashes.
 *
 * <p>May import the rest of {@code report}, {@code localize} and {@code image}; knows nothing of
 * Spark. Read {@link io.camatlas.report.site.ReportSite} first.
 */
package io.camatlas.report.site;
