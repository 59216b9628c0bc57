/**
 * Options, each declared once, and their values: gathered from flags and files, checked, with every
 * problem told at once.
 *
 * <p>To add an option:
 *
 * <ol>
 *   <li>Declare it, as {@link io.camatlas.config.ExplainOptions#SAMPLES} is declared: a constant,
 *       and a line in the list {@code ALL}. Name, type, bounds, default, help, scope and topic
 *       stand there and nowhere else.
 *   <li>Read it where it matters: {@code given.get(ExplainOptions.SAMPLES)} is a checked {@code
 *       int}. Jobs find {@link io.camatlas.config.Settings} among their settings, {@code setup} has
 *       {@link io.camatlas.config.GivenSettings}.
 * </ol>
 *
 * The command line and its help, {@code --config}, {@code conf/explain.conf}, the page {@code
 * src/docs/command-line.md}, and the stage of Spark ML in Java and Python follow from the
 * declaration. Those that are files are renewed by {@code mvn test -Dtest=GeneratedFilesTest
 * -Dcamatlas.renew=true}; the same test fails while one lags behind.
 *
 * <p>Messages mark names of settings by backticks, as {@link io.camatlas.config.SettingNames} says,
 * here and in all packages; only {@code cli} knows that they are typed with dashes.
 *
 * <p>May import the packages whose choices are options ({@code cam}, {@code image}, {@code model},
 * {@code atlas}) and {@code suggest}. Read {@link io.camatlas.config.Option}.
 */
package io.camatlas.config;
