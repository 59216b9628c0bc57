/**
 * Whether maps depend on what they should: they are made again with shuffled weights, for another
 * class, from images that hardly differ, and from what they mark themselves, and compared.
 *
 * <p>Sanity checks by randomised weights (Adebayo et al. 2018, arXiv:1810.03292), random logit
 * (Sixt et al. 2020, arXiv:1912.09818), average sensitivity (Yeh et al. 2019, arXiv:1901.09392) and
 * ADCC (Poppi et al. 2021, arXiv:2104.10252). Knows nothing of Spark. Imports {@code cam}, {@code
 * explain}, {@code faithfulness}, {@code image}, {@code localize} and {@code model}. Read {@link
 * io.camatlas.sanity.SanityChecks} first.
 */
package io.camatlas.sanity;
