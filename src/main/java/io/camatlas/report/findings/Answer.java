package io.camatlas.report.findings;

/** The answer of a check about a class, a view or a dataset. */
public sealed interface Answer {
  /** The check was made, and nothing stands out. */
  Answer PASSED = new Passed();

  /** See {@link #PASSED}. */
  record Passed() implements Answer {}

  /** The check was made, and something deserves attention. */
  record Failed(Finding finding) implements Answer {}

  /**
   * The check cannot be made here.
   *
   * @param why a full sentence
   */
  record NotTestable(String why) implements Answer {}

  static Answer failed(Finding finding) {
    return new Failed(finding);
  }

  static Answer notTestable(String why) {
    return new NotTestable(why);
  }
}
