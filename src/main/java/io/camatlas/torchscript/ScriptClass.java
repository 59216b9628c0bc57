package io.camatlas.torchscript;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One class of an archive's code.
 *
 * @param qualifiedName for example {@code __torch__.torch.nn.modules.conv.Conv2d}
 * @param base {@code Module}, {@code NamedTuple} or another
 * @param attributes attribute name to canonical type text, in order of declaration
 * @param methods by name, in order of declaration
 * @param hooked whether forward hooks run after calls of a module, and may change what they return
 * @param end offset of the class's last character plus one in its file
 */
record ScriptClass(
    String qualifiedName,
    String base,
    LinkedHashMap<String, String> attributes,
    Map<String, ScriptMethod> methods,
    boolean hooked,
    int end) {

  boolean isModule() {
    return base.equals("Module");
  }

  /** The class's own name, without packages and without the number that PyTorch mangles in. */
  String shortName() {
    return qualifiedName.substring(qualifiedName.lastIndexOf('.') + 1);
  }
}
