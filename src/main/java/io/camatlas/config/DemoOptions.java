package io.camatlas.config;

import java.util.List;

/** The options of {@code camatlas demo}. */
public final class DemoOptions {
  public static final Option<String> OUT =
      Option.text("out", "DIR")
          .byDefault("camatlas-demo")
          .scope(Scope.OF_THE_JOB)
          .help("Folder for the images, the model and the results.");

  public static final Option<Integer> IMAGES_PER_CLASS =
      Option.integer("images-per-class")
          .from(1)
          .to(9999)
          .byDefault(40)
          .scope(Scope.OF_THE_JOB)
          .help("Images to draw for each class.");

  public static final Option<Integer> OVERLAYS =
      ExplainOptions.OVERLAYS.byDefault(6).topic(Topic.SETTINGS);

  public static final Option<Integer> SAMPLES =
      ExplainOptions.SAMPLES.topic(Topic.SETTINGS).help("Noisy copies of each image.");

  public static final Option<Long> SEED =
      ExplainOptions.SEED
          .byDefault(7)
          .topic(Topic.SETTINGS)
          .help("Seed of the images and the noise.");

  /** All options, in the order of the help. */
  public static final List<Option<?>> ALL = List.of(OUT, IMAGES_PER_CLASS, OVERLAYS, SAMPLES, SEED);

  private DemoOptions() {}
}
