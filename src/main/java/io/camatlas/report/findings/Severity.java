package io.camatlas.report.findings;

/** How much a finding should worry its reader. */
public enum Severity {
  /** The model may be right for the wrong reason. */
  SERIOUS,
  /** Worth a look before the model is trusted. */
  NOTABLE,
  /** Good to know. */
  MINOR;

  /** As it is shown and as its style is named. */
  public String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
