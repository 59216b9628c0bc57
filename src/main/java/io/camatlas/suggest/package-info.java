/**
 * Names that people write: those of choices, and the known name nearest to one that is not known.
 *
 * <p>Imports nothing; every package may import it. Read {@link io.camatlas.suggest.NearestName} and
 * {@link io.camatlas.suggest.Choices}.
 */
package io.camatlas.suggest;
