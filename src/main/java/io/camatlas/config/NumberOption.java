package io.camatlas.config;

import java.util.function.Function;

/**
 * An option whose value is a number within bounds.
 *
 * @param <N> the type of the number
 */
public final class NumberOption<N extends Number & Comparable<N>> extends Option<N> {
  private final Function<String, N> parser;
  private final String kind;
  private N least;
  private N most;
  private N special;
  private String purpose = "";
  private String word = "";
  private N wordValue;
  private String wordHelp = "";

  NumberOption(String name, Form form, String label, Function<String, N> parser, String kind) {
    super(name, form, label, parser, null);
    this.parser = parser;
    this.kind = kind;
  }

  /** Sets the smallest valid value. */
  public NumberOption<N> from(N value) {
    return this.<NumberOption<N>>with(option -> option.least = value);
  }

  /** Sets the largest valid value. */
  public NumberOption<N> to(N value) {
    return this.<NumberOption<N>>with(option -> option.most = value);
  }

  /**
   * Allows a value outside the bounds that has a special meaning.
   *
   * @param purpose what the value is for, to complete a sentence: {@code to choose}
   */
  public NumberOption<N> or(N value, String purpose) {
    return this.<NumberOption<N>>with(
        option -> {
          option.special = value;
          option.purpose = purpose;
        });
  }

  /**
   * Allows a word in place of the number on the command line and in files.
   *
   * @param value the number that the word stands for
   * @param sentence what the word does, for the help
   */
  public NumberOption<N> orWord(String text, N value, String sentence) {
    return this.<NumberOption<N>>with(
        option -> {
          option.word = text;
          option.wordValue = value;
          option.wordHelp = sentence;
        });
  }

  @Override
  public String label() {
    return word.isEmpty() ? super.label() : super.label() + "|" + word;
  }

  @Override
  public String help() {
    return wordHelp.isEmpty() ? super.help() : super.help() + " " + wordHelp;
  }

  @Override
  public String helpOfNumber() {
    return super.help();
  }

  @Override
  N parse(String text) {
    if (!word.isEmpty() && text.equals(word)) {
      return wordValue;
    }
    N value;
    try {
      value = parser.apply(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          marked(name()) + " is '" + text + "'; it must be " + kind + orElse() + ".", e);
    }
    boolean below = least != null && value.compareTo(least) < 0;
    boolean above = most != null && value.compareTo(most) > 0;
    if ((below || above) && !value.equals(special)) {
      throw new IllegalArgumentException(
          marked(name()) + " is " + value + "; it must be " + bounds() + orElse() + ".");
    }
    return value;
  }

  private String bounds() {
    if (least != null && most != null) {
      return "from " + written(least) + " to " + written(most);
    }
    return least != null ? "at least " + written(least) : "at most " + written(most);
  }

  /** A bound as text, without decimals if it is a whole number. */
  private static String written(Number bound) {
    return bound.toString().replaceFirst("\\.0$", "");
  }

  private String orElse() {
    return (special == null ? "" : ", or " + special + " " + purpose)
        + (word.isEmpty() ? "" : ", or " + word);
  }
}
