/**
 * Turns values of options into each job's settings: opens models, checks files, and reports all
 * problems at once before Spark starts.
 *
 * <p>A layer above the jobs and below the packages that start them: may import every package but
 * {@code cli} and {@code ml}. Read {@link io.camatlas.setup.ExplainSetup}.
 */
package io.camatlas.setup;
