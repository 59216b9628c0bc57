package io.camatlas.report.findings;

/** How much a finding should worry its reader. */
public enum Severity {
  /** The model may be right for the wrong reason. */
  SERIOUS,
  /** Worth a look before the model is trusted. */
  NOTABLE,
  /** Good to know. */
  MINOR;

  /** The name, as shown and as used for its style. */
  public String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
