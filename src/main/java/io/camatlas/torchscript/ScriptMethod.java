package io.camatlas.torchscript;

import java.util.List;

/**
 * One method of a class in an archive.
 *
 * @param name as the archive spells it: {@code forward}, {@code forward1}, {@code forward__0} …
 * @param receiver what it calls its module, {@code self} with nearly everybody; empty for a
 *     function
 * @param parameters those behind the receiver
 * @param returnType canonical type text, for example {@code Tensor}
 * @param body the statements, indentation and line ends kept
 * @param at offset of the body in its file
 */
record ScriptMethod(
    String name,
    String receiver,
    List<Parameter> parameters,
    String returnType,
    String body,
    int at) {

  /**
   * A parameter as written.
   *
   * @param name its name
   * @param declaration name, type and default as the archive spells them
   * @param type canonical type text
   * @param hasDefault whether a caller may leave it out
   */
  record Parameter(String name, String declaration, String type, boolean hasDefault) {}

  boolean returnsTensor() {
    return returnType.equals("Tensor");
  }
}
