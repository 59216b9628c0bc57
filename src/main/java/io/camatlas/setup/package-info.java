/**
 * Values of options into each job's settings: opens models, looks at files, and tells every problem
 * at once before Spark starts.
 *
 * <p>Stands above the jobs, and below those who start them: may import every package but {@code
 * cli} and {@code ml}. Read {@link io.camatlas.setup.ExplainSetup}.
 */
package io.camatlas.setup;
