package io.camatlas.config;

/** The heading under which an option is listed in the help. */
public enum Topic {
  MODEL("Model"),
  IMAGES("Images"),
  EXPLANATION("What is explained"),
  RESULTS("Results to read"),
  ATLAS("Atlas"),
  REPORT("Report"),
  SCORING("Scoring"),
  EXPERIMENTS("Experiments"),
  DEVICE("Device"),
  OUTPUT("Output"),
  BENCHMARK("Benchmark"),
  SETTINGS("Settings");

  private final String heading;

  Topic(String heading) {
    this.heading = heading;
  }

  /** The text of the heading. */
  public String heading() {
    return heading;
  }
}
