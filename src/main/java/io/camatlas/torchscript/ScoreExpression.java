package io.camatlas.torchscript;

import io.camatlas.suggest.NearestName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The code that takes the class scores out of whatever a network returns. */
final class ScoreExpression {
  private static final String RESULT = "camatlas_result";

  private ScoreExpression() {}

  /**
   * @return an expression over {@code camatlas_result} of type Tensor
   * @throws ArchiveException if nothing in the result is a tensor, or not the one that was named
   */
  static String of(TorchScriptArchive archive, String returnType, Optional<String> output) {
    if (isTensor(returnType)) {
      if (output.isPresent() && !output.get().equals("0")) {
        throw new ArchiveException(
            "The model returns one tensor; there is no output '"
                + output.get()
                + "'. Leave the output out.");
      }
      return cast(RESULT, returnType);
    }
    if (returnType.equals("List[Tensor]")) {
      int index = output.map(name -> index(name, returnType)).orElse(0);
      return RESULT + "[" + index + "]";
    }
    if (returnType.equals("Dict[str, Tensor]")) {
      return output
          .map(name -> RESULT + "[\"" + name.replace("\\", "\\\\").replace("\"", "\\\"") + "\"]")
          .orElse("torch.values(" + RESULT + ")[0]");
    }
    Map<String, String> fields = new LinkedHashMap<>();
    if (returnType.startsWith("Tuple[")) {
      List<String> types =
          ScriptParser.splitTopLevel(returnType.substring(6, returnType.length() - 1));
      for (int i = 0; i < types.size(); i++) {
        fields.put(String.valueOf(i), types.get(i));
      }
    } else {
      archive
          .type(returnType)
          .filter(type -> type.base().equals("NamedTuple"))
          .ifPresent(type -> fields.putAll(type.attributes()));
    }
    List<String> tensors = new ArrayList<>();
    fields.forEach(
        (name, type) -> {
          if (isTensor(type)) {
            tensors.add(name);
          }
        });
    if (tensors.isEmpty()) {
      throw new ArchiveException(
          "The model returns "
              + returnType
              + ", which holds no tensor of scores; export a module whose forward returns one.");
    }
    String field = output.orElse(tensors.get(0));
    if (!tensors.contains(field)) {
      throw new ArchiveException(
          "The model returns "
              + returnType
              + " without a tensor '"
              + field
              + "'"
              + NearestName.clause(field, tensors)
              + "; its tensors are "
              + tensors
              + ".");
    }
    boolean named = !returnType.startsWith("Tuple[");
    return cast(
        named ? RESULT + "." + field : "(" + RESULT + ")[" + field + "]", fields.get(field));
  }

  private static boolean isTensor(String type) {
    return type.equals("Tensor") || type.equals("Optional[Tensor]");
  }

  private static String cast(String expression, String type) {
    return type.equals("Tensor") ? expression : "unchecked_cast(Tensor, " + expression + ")";
  }

  private static int index(String name, String returnType) {
    try {
      return Integer.parseInt(name);
    } catch (NumberFormatException e) {
      throw new ArchiveException(
          "The model returns " + returnType + "; output '" + name + "' must be an index.", e);
    }
  }
}
