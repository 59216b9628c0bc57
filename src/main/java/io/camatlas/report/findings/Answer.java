package io.camatlas.report.findings;

/** What a check says of a class, a view or a dataset. */
public sealed interface Answer {
  /** Asked, and nothing stands out. */
  Answer PASSED = new Passed();

  /** See {@link #PASSED}. */
  record Passed() implements Answer {}

  /** Asked, and something deserves attention. */
  record Failed(Finding finding) implements Answer {}

  /**
   * Cannot be asked here.
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
