/**
 * Measures speed as ratios: variants take turns in one process, and medians are compared.
 *
 * <p>Read {@link io.camatlas.bench.EngineBenchmark}, then {@link
 * io.camatlas.bench.StandardBenchmark}.
 */
package io.camatlas.bench;
