/**
 * Files and flags into each feature's settings record, with every problem told at once.
 *
 * <p>May import every package but {@code cli} and {@code ml}. Read {@link
 * io.camatlas.config.ExplainOptions}.
 */
package io.camatlas.config;
