/**
 * Finds the known name nearest to one that is not known, for error messages.
 *
 * <p>Imports nothing; every package may import it. Read {@link io.camatlas.suggest.NearestName}.
 */
package io.camatlas.suggest;
