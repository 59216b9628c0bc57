/**
 * The report: a site of static pages that opens from disk, without a server and without a network.
 *
 * <p>Records hold what a page shows, {@link io.camatlas.report.site.Findings} says in sentences
 * what deserves attention, and {@link io.camatlas.report.site.ReportSite} fills FreeMarker
 * templates. Charts are drawn in the browser by D3. Whatever comes from data is text: templates
 * escape it, and file names are made of numbers and hashes.
 *
 * <p>May import {@code localize} and {@code image}; knows nothing of Spark. Read {@link
 * io.camatlas.report.site.ReportSite} first.
 */
package io.camatlas.report.site;
