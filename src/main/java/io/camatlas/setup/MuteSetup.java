package io.camatlas.setup;

import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.ModelOptions;
import io.camatlas.config.MuteOptions;
import io.camatlas.model.Component;
import io.camatlas.model.InputShape;
import io.camatlas.model.ModelCard;
import io.camatlas.model.ModelChange;
import io.camatlas.model.MutedModel;
import io.camatlas.model.PreparedModel;
import io.camatlas.spark.Version;
import io.camatlas.torchscript.Muting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Opens, mutes and writes the model that the settings of {@code camatlas mute} name. */
public final class MuteSetup {
  private MuteSetup() {}

  /**
   * A model that was written.
   *
   * @param out the archive
   * @param sidecar the file beside it
   * @param what was taken out, for people
   * @param model how it compares with the original
   * @param notes what users should know, in sentences
   */
  public record Muted(Path out, Path sidecar, String what, MutedModel model, List<String> notes) {}

  /**
   * Writes the archive and its sidecar; both appear when they are complete.
   *
   * @throws io.camatlas.config.SettingsException with all problems; nothing has been written then
   * @throws io.camatlas.torchscript.ArchiveException if the model or the layer cannot be muted
   */
  public static Muted write(GivenSettings given) throws IOException {
    Optional<ModelSetup.OpenModel> opened = ModelSetup.open(given);
    Optional<InputShape> input =
        opened.flatMap(
            model ->
                given.build(
                    () ->
                        given
                            .optional(ModelOptions.INPUT)
                            .orElseGet(() -> model.card().inputShape())));
    Optional<Component> component = given.build(() -> component(given)).flatMap(one -> one);
    Optional<Muting> muting = given.build(() -> muting(given, component));
    Optional<Path> out = given.build(() -> out(given));
    given.check();
    return write(
        given,
        opened.orElseThrow(),
        input.orElseThrow(),
        component,
        muting.orElseThrow(),
        out.orElseThrow());
  }

  private static Optional<Component> component(GivenSettings given) {
    Optional<String> file = given.optional(MuteOptions.COMPONENT).filter(text -> !text.isEmpty());
    try {
      return file.isEmpty() ? Optional.empty() : Optional.of(Component.read(Path.of(file.get())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Muting muting(GivenSettings given, Optional<Component> component) {
    boolean maps = given.has(MuteOptions.MAPS);
    if (maps && given.has(MuteOptions.COMPONENT)) {
      throw new IllegalArgumentException(
          "`maps` and `component` are both set; mute one, then the other in what was written.");
    }
    if (!maps && !given.has(MuteOptions.COMPONENT)) {
      throw new IllegalArgumentException(
          "Neither `maps` nor `component` is set; say what is to be muted.");
    }
    return maps
        ? new Muting.FeatureMaps(given.get(MuteOptions.MAPS))
        : component.map(Component::muting).orElse(null);
  }

  private static Path out(GivenSettings given) {
    Path out = Path.of(given.get(MuteOptions.OUT)).toAbsolutePath().normalize();
    Path sidecar = ModelCard.sidecarOf(out);
    if (sidecar.equals(out)) {
      throw new IllegalArgumentException(
          "`out` is " + out + ", where its sidecar belongs; give it a name that ends in .pt.");
    }
    if (Files.isDirectory(out)) {
      throw new IllegalArgumentException("`out` is " + out + ", a folder; name a file.");
    }
    if (!Files.isDirectory(out.getParent())) {
      throw new IllegalArgumentException(
          "`out` is " + out + ", but the folder " + out.getParent() + " does not exist.");
    }
    for (Path file : List.of(out, sidecar)) {
      if (Files.exists(file) && !given.get(ExplainOptions.OVERWRITE)) {
        throw new IllegalArgumentException(
            "`out` is %s, but %s is there already; name another file, or set `overwrite`."
                .formatted(out, file));
      }
    }
    Path model = ModelFiles.local(given.get(ModelOptions.MODEL)).toAbsolutePath().normalize();
    if (model.equals(out)) {
      throw new IllegalArgumentException(
          "`out` is the model itself; name another file, so that you can compare the two.");
    }
    return out;
  }

  private static Muted write(
      GivenSettings given,
      ModelSetup.OpenModel model,
      InputShape input,
      Optional<Component> component,
      Muting muting,
      Path out)
      throws IOException {
    String layer =
        given
            .optional(MuteOptions.LAYER)
            .filter(name -> !name.isEmpty())
            .or(() -> component.map(Component::layer).filter(name -> !name.isEmpty()))
            .or(model.card()::defaultLayer)
            .orElse("");
    if (layer.isEmpty()) {
      layer = PreparedModel.suggestedLayer(model.archive(), model.entry(), input).path();
    }
    Path sidecar = ModelCard.sidecarOf(out);
    // Beside the result, so that it can be moved there in one step.
    Path scratch = Files.createTempDirectory(out.getParent(), ".camatlas-mute-");
    try {
      Path archive = scratch.resolve("muted.pt");
      MutedModel muted =
          MutedModel.write(model.archive(), model.entry(), layer, muting, input, archive, scratch);
      ModelChange change =
          new ModelChange(
              muted.layer().path(), muting.described(), muted.originalSha256(), Version.text());
      Path card = scratch.resolve("muted.json");
      Files.writeString(card, change.sidecar(ModelSetup.sidecar(given), model.card()));
      Files.move(
          card, sidecar, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      Files.move(archive, out, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return new Muted(
          out, sidecar, muting.described(), muted, notes(model.card(), component, muted));
    } finally {
      try (java.util.stream.Stream<Path> left = Files.list(scratch)) {
        for (Path file : left.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(scratch);
    }
  }

  private static List<String> notes(
      ModelCard card, Optional<Component> component, MutedModel muted) {
    List<String> notes = new ArrayList<>(card.changes());
    component
        .filter(one -> !one.modelSha256().isEmpty())
        .filter(one -> !one.modelSha256().equals(muted.originalSha256()))
        .ifPresent(
            one ->
                notes.add(
                    "the component was found in another archive, with SHA-256 "
                        + one.modelSha256()
                        + "; this one has "
                        + muted.originalSha256()
                        + "."));
    component
        .filter(one -> !one.layer().isEmpty() && !one.layer().equals(muted.layer().path()))
        .ifPresent(
            one ->
                notes.add(
                    "the component was found in layer " + one.layer() + ", not in this one."));
    if (muted.layer().calls() > 1) {
      notes.add("all calls of the layer are muted.");
    }
    return notes;
  }
}
