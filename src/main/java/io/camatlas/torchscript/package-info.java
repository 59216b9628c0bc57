/**
 * Reads TorchScript archives, lists their layers and adds methods that return a layer's output.
 *
 * <p>Plain Java: imports no engine, no Spark and no other package of CamAtlas but {@code suggest}.
 * Read {@link io.camatlas.torchscript.TorchScriptArchive} first, then {@link
 * io.camatlas.torchscript.LayerTree} and {@link io.camatlas.torchscript.ProbeInjector}.
 */
package io.camatlas.torchscript;
