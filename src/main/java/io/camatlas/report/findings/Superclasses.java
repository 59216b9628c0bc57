package io.camatlas.report.findings;

import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.ViewReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Groups of classes that the model's sidecar names, for datasets with few images of each class. */
final class Superclasses {
  private Superclasses() {}

  /**
   * Some classes of a view, judged together.
   *
   * @param name for sentences; empty for all classes
   * @param report the view with these classes alone
   */
  record Group(String name, ViewReport report) {
    /** Begins or continues a sentence. */
    String within() {
      return "within '%s' (%,d classes)".formatted(name, report.classes().size());
    }
  }

  /** The groups of at least two classes of the view, by name. */
  static List<Group> of(ViewReport report) {
    List<String> names = report.view().model().superclasses();
    Map<String, List<ClassReport>> classes = new TreeMap<>();
    for (ClassReport one : report.classes()) {
      String name = one.index() < names.size() ? names.get(one.index()) : "";
      if (!name.isEmpty()) {
        classes.computeIfAbsent(name, any -> new ArrayList<>()).add(one);
      }
    }
    List<Group> groups = new ArrayList<>();
    classes.forEach(
        (name, own) -> {
          if (own.size() > 1) {
            groups.add(new Group(name, report.withClasses(own)));
          }
        });
    return groups;
  }

  /** An answer about each group, by the group's name. */
  static Map<String, Answer> answers(ViewReport report, Function<Group, Answer> check) {
    Map<String, Answer> answers = new TreeMap<>();
    of(report).forEach(group -> answers.put(group.name(), check.apply(group)));
    return answers;
  }
}
