package io.camatlas.report.facts;

/** Why an image of a class is shown. */
public enum PictureKind {
  TYPICAL("Most typical", "Maps that overlap most with the class's mean map."),
  UNUSUAL("Most unusual", "Maps that overlap least with the class's mean map."),
  CONFIDENT("Most confident", "Images with the highest probability for the class."),
  UNSURE("Least confident", "Images with the lowest probability for the class."),
  WRONG("Wrongly predicted", "Wrong predictions, most confident first."),
  GROUPED("Typical of a group", "Images nearest to the middle of their group."),
  BROWSED("To browse", "Any images of the class, in the order of their names.");

  private final String title;
  private final String description;

  PictureKind(String title, String description) {
    this.title = title;
    this.description = description;
  }

  public String title() {
    return title;
  }

  public String description() {
    return description;
  }

  /** The name in pages and tables. */
  public String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
