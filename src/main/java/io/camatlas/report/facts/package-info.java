/**
 * What a report says, as records: views, classes, feature maps, pictures and failures, and how its
 * pages are named.
 *
 * <p>May import {@code report}, {@code localize} and {@code image}. Findings are drawn from these
 * records, and pages show them. Read {@link io.camatlas.report.facts.ViewReport} first.
 */
package io.camatlas.report.facts;
