package io.camatlas.model;

import io.camatlas.suggest.Choices;
import io.camatlas.suggest.NearestName;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How a text names the labels of an image that may have several: {@code Edema|?Pneumonia} is an
 * image with Edema, of which it is uncertain whether it has Pneumonia, and that has no other label.
 * {@code ~Pneumonia} says that nothing is known of Pneumonia.
 *
 * @param separator between two labels
 * @param none texts that say that an image has none of the labels
 * @param others what to do with labels that are no classes of the model
 * @param uncertain how labels are read that are marked as uncertain
 * @param missing how labels are read of which nothing is said
 */
public record LabelSets(
    String separator, List<String> none, Others others, Reading uncertain, Reading missing)
    implements Serializable {
  /** Stands before a label that is uncertain. */
  public static final String UNCERTAIN = "?";

  /** Stands before a label of which nothing is known. */
  public static final String MISSING = "~";

  /** How a label is read of which it is not said whether the image has it. */
  public enum Reading {
    /** Nothing is counted for this label and image. */
    UNKNOWN,
    /** As if the image had it. */
    PRESENT,
    /** As if the image did not have it. */
    ABSENT;

    /** The name in settings. */
    public String text() {
      return Choices.name(this);
    }
  }

  /** What to do with labels that are no classes of the model. */
  public enum Others {
    /** The image fails, since a misspelt label would count as absent. */
    FAIL,
    /** They are left out. */
    IGNORE;

    /** The name in settings. */
    public String text() {
      return Choices.name(this);
    }
  }

  /** What is read where nothing else is set. */
  public static final LabelSets USUAL =
      new LabelSets("|", List.of("No Finding"), Others.FAIL, Reading.UNKNOWN, Reading.UNKNOWN);

  /** Blanks cannot be given as such, so that words stand for them. */
  private static final Map<String, String> BLANKS = Map.of("space", " ", "tab", "\t");

  /** The separator that a text stands for. */
  public static String separator(String text) {
    return BLANKS.getOrDefault(text, text);
  }

  public LabelSets {
    none = List.copyOf(none);
    if (separator.isEmpty() || separator.contains(UNCERTAIN) || separator.contains(MISSING)) {
      throw new IllegalArgumentException(
          "`label-separator` is '%s'; it must be some text without %s and %s, or one of the words space and tab."
              .formatted(separator, UNCERTAIN, MISSING));
    }
    for (String text : none) {
      if (text.isEmpty() || text.contains(separator)) {
        throw new IllegalArgumentException(
            "`empty-label` has '%s'; it must be some text without the separator of labels, '%s'."
                .formatted(text, separator));
      }
    }
    if (none.isEmpty()) {
      throw new IllegalArgumentException(
          "`empty-label` is empty; give at least one text, such as No Finding.");
    }
  }

  /**
   * What is known of an image's labels; of all other classes it is known that they are absent.
   *
   * @param present indices of the classes that the image has
   * @param unknown indices of the classes of which it is not known whether the image has them
   */
  public record Known(List<Integer> present, List<Integer> unknown) {
    public Known {
      present = List.copyOf(present);
      unknown = List.copyOf(unknown);
    }

    /** Whether the image has a label; empty if that is not known. */
    public Optional<Boolean> has(int index) {
      return unknown.contains(index) ? Optional.empty() : Optional.of(present.contains(index));
    }
  }

  /**
   * Makes sure that texts can name the classes.
   *
   * @throws IllegalArgumentException naming a class that no text can name, or that two have
   */
  public void check(List<String> classes) {
    for (int i = 0; i < classes.size(); i++) {
      String name = classes.get(i);
      if (name.contains(separator) || name.startsWith(UNCERTAIN) || name.startsWith(MISSING)) {
        throw new IllegalArgumentException(
            "class '%s' contains the separator of labels, '%s', or begins with %s or %s; set `label-separator` to another text."
                .formatted(name, separator, UNCERTAIN, MISSING));
      }
    }
  }

  /**
   * Reads a text.
   *
   * @param classes index of each class by name
   * @return what it says; empty if the text is empty, which says nothing of any label
   * @throws IllegalArgumentException naming a label that is no class, if that is not to be ignored
   */
  public Optional<Known> read(String text, Map<String, Integer> classes) {
    boolean isEmpty = true;
    Map<Integer, Reading> said = new LinkedHashMap<>();
    for (String part : text.split(Pattern.quote(separator), -1)) {
      String item = part.strip();
      boolean isMarked = item.startsWith(UNCERTAIN) || item.startsWith(MISSING);
      String name = isMarked ? item.substring(1).strip() : item;
      isEmpty &= name.isEmpty();
      // A class may itself be called as what else says that there is none.
      if (name.isEmpty() || (none.contains(name) && !classes.containsKey(name))) {
        continue;
      }
      Integer index = index(name, classes);
      if (index != null) {
        Reading reading =
            item.startsWith(UNCERTAIN)
                ? uncertain
                : item.startsWith(MISSING) ? missing : Reading.PRESENT;
        said.merge(index, reading, (one, other) -> one == Reading.PRESENT ? one : other);
      }
    }
    if (isEmpty) {
      return Optional.empty();
    }
    List<Integer> present = new ArrayList<>();
    List<Integer> unknown = new ArrayList<>();
    said.forEach(
        (index, reading) -> {
          if (reading == Reading.PRESENT) {
            present.add(index);
          } else if (reading == Reading.UNKNOWN) {
            unknown.add(index);
          }
        });
    return Optional.of(new Known(present, unknown));
  }

  /** The index of a class; null if there is none and none is needed. */
  private Integer index(String name, Map<String, Integer> classes) {
    Integer index = classes.get(name);
    if (index == null && others == Others.FAIL) {
      throw new IllegalArgumentException(
          "label '%s' is not among the model's classes%s"
              .formatted(name, NearestName.clause(name, classes.keySet())));
    }
    return index;
  }
}
