package io.camatlas.config;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The options of {@code camatlas mute}. */
public final class MuteOptions {
  public static final Option<String> LAYER =
      Option.text("layer", "NAME")
          .topic(Topic.SETTINGS)
          .help(
              "Layer to mute, by dotted path. Default: the layer of `component`, else the one that"
                  + " the sidecar names, else the last one with spatial output.");

  public static final Option<List<Integer>> MAPS =
      Option.of("maps", "K,…", MuteOptions::maps)
          .topic(Topic.SETTINGS)
          .help("Feature maps that become zero, counted from 0 as in the report and the tables.");

  public static final Option<String> COMPONENT =
      Option.text("component", "FILE")
          .topic(Topic.SETTINGS)
          .help(
              "Instead of `maps`: a JSON file with a direction in the space of feature maps, which"
                  + " is projected out of the layer's output.");

  public static final Option<String> OUT =
      Option.text("out", "FILE")
          .required()
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.OUTPUT)
          .help("The new archive; its sidecar is written beside it.");

  /** All options, in the order of the help. */
  public static final List<Option<?>> ALL =
      Stream.of(
              List.<Option<?>>of(
                  ModelOptions.MODEL,
                  ModelOptions.SIDECAR,
                  ModelOptions.ENTRY,
                  ModelOptions.OUTPUT,
                  ModelOptions.INPUT),
              List.<Option<?>>of(
                  LAYER,
                  MAPS,
                  COMPONENT,
                  OUT,
                  ExplainOptions.OVERWRITE.help("Replace an existing archive and its sidecar.")))
          .<Option<?>>flatMap(List::stream)
          .toList();

  private MuteOptions() {}

  private static List<Integer> maps(String text) {
    return Arrays.stream(text.split(",", -1))
        .map(part -> ModelOptions.wholeNumber("maps", part))
        .toList();
  }
}
