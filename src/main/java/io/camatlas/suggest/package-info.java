/**
 * Names that people write: names of choices, and the known name nearest to an unknown one.
 *
 * <p>Imports nothing; every package may import it. Read {@link io.camatlas.suggest.NearestName} and
 * {@link io.camatlas.suggest.Choices}.
 */
package io.camatlas.suggest;
