/**
 * One network on one device: loads it, runs it, and returns layers' outputs and gradients.
 *
 * <p>The only importer of DJL's PyTorch engine; what bites there is handled in {@link
 * io.camatlas.model.Network} and nowhere else. Imports {@code torchscript}, {@code cam} and {@code
 * image}. Read {@link io.camatlas.model.ModelCard}, {@link io.camatlas.model.ProbePlan}, then
 * {@link io.camatlas.model.Network}.
 */
package io.camatlas.model;
