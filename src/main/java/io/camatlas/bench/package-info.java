/**
 * Measures speed as ratios: variants take turns in one process, and medians are compared.
 *
 * <p>Read {@link io.camatlas.bench.SamplingBenchmark}.
 */
package io.camatlas.bench;
