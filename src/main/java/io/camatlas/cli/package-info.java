/**
 * Commands, wiring and exit codes. Read {@link io.camatlas.cli.Main}.
 *
 * <p>Exit codes: 0 success, 1 the job failed, 2 wrong settings (nothing was done).
 */
package io.camatlas.cli;
