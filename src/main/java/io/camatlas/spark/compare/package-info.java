/**
 * The job behind {@code camatlas compare}: what differs between two audits, number by number, and
 * whether chance explains it. No network is run.
 *
 * <p>A job on the rooms of {@code spark}. Read {@link io.camatlas.spark.compare.CompareJob}.
 */
package io.camatlas.spark.compare;
