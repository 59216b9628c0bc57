package io.camatlas.config;

/** The heading that an option stands under in the help. */
public enum Topic {
  MODEL("Model"),
  IMAGES("Images"),
  EXPLANATION("What is explained"),
  RESULTS("Results to read"),
  ATLAS("Atlas"),
  REPORT("Report"),
  SCORING("Scoring"),
  DEVICE("Device"),
  OUTPUT("Output"),
  BENCHMARK("Benchmark"),
  SETTINGS("Settings");

  private final String heading;

  Topic(String heading) {
    this.heading = heading;
  }

  /** The heading itself. */
  public String heading() {
    return heading;
  }
}
