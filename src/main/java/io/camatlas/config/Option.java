package io.camatlas.config;

/**
 * One setting, as flag {@code --name} and as key {@code name} of a file.
 *
 * @param name the words, joined by hyphens
 * @param label what stands for its value in the help, {@code FILE}; {@code FILE …} may be repeated
 * @param defaultValue as it would be written; empty where there is none
 * @param help one sentence or two
 */
public record Option(String name, String label, String defaultValue, String help) {
  /** Whether it may stand several times, each with a value of its own. */
  public boolean isRepeated() {
    return label.endsWith(" …");
  }

  /** Whether it is a switch, which may stand without a value. */
  public boolean isSwitch() {
    return label.equals("true|false");
  }
}
