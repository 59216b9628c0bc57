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
import io.camatlas.spark.Printable;
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
import java.util.stream.Stream;

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
    Optional<InputShape> input = opened.flatMap(model -> given.build(() -> model.input(given)));
    Optional<Component> component = given.build(() -> component(given)).flatMap(one -> one);
    Optional<Muting> muting = muting(given, component);
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
    return given
        .optional(MuteOptions.COMPONENT)
        .filter(file -> !file.isEmpty())
        .map(file -> Component.read(ModelFiles.local(file)));
  }

  /** Empty after noting why there is none. */
  private static Optional<Muting> muting(GivenSettings given, Optional<Component> component) {
    boolean maps = given.has(MuteOptions.MAPS);
    if (maps && given.has(MuteOptions.COMPONENT)) {
      given.problem(
          "`maps` and `component` are both set; mute one, then the other in what was written.");
    } else if (maps) {
      return given.build(() -> new Muting.FeatureMaps(given.get(MuteOptions.MAPS)));
    } else if (!given.has(MuteOptions.COMPONENT)) {
      given.problem("Neither `maps` nor `component` is set; say what is to be muted.");
    } else if (component.isPresent()) {
      return given.build(() -> component.get().muting());
    }
    return Optional.empty();
  }

  private static Path out(GivenSettings given) {
    Path out = Path.of(given.get(MuteOptions.OUT)).toAbsolutePath().normalize();
    Path sidecar = ModelCard.sidecarOf(out);
    if (sidecar.equals(out)) {
      throw new IllegalArgumentException(
          "`out` is " + out + ", where its sidecar belongs; give it a name that ends in .pt.");
    }
    if (!Files.isDirectory(out.getParent()) || !Files.isWritable(out.getParent())) {
      throw new IllegalArgumentException(
          "`out` is %s, but the folder %s %s."
              .formatted(
                  out,
                  out.getParent(),
                  Files.isDirectory(out.getParent()) ? "cannot be written to" : "does not exist"));
    }
    for (Path file : List.of(out, sidecar)) {
      if (Files.isDirectory(file)) {
        throw new IllegalArgumentException(
            "`out` is %s, but %s is a folder; name another file.".formatted(out, file));
      }
      for (Path used : used(given)) {
        if (isSame(file, used)) {
          throw new IllegalArgumentException(
              "`out` is %s, which would replace %s, from which it is made; name another file."
                  .formatted(out, used));
        }
      }
    }
    for (Path file : List.of(out, sidecar)) {
      if (Files.exists(file) && !given.get(ExplainOptions.OVERWRITE)) {
        throw new IllegalArgumentException(
            "`out` is %s, but %s is there already; name another file, or set `overwrite`."
                .formatted(out, file));
      }
    }
    return out;
  }

  /** Files that must stay as they are. */
  private static List<Path> used(GivenSettings given) {
    List<Path> used = new ArrayList<>();
    Path model = ModelFiles.local(given.get(ModelOptions.MODEL));
    used.add(model);
    // The model's own, whether it is there or not: else it would be described as muted.
    used.add(ModelCard.sidecarOf(model));
    ModelSetup.sidecar(given).ifPresent(used::add);
    given
        .optional(MuteOptions.COMPONENT)
        .filter(file -> !file.isEmpty())
        .ifPresent(file -> used.add(Path.of(file)));
    return used;
  }

  private static boolean isSame(Path one, Path other) {
    try {
      if (Files.exists(one) && Files.exists(other)) {
        return Files.isSameFile(one, other);
      }
      return one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
    Path scratch = Files.createTempDirectory("camatlas-mute-");
    // Beside the results, so that they can be moved there in one step.
    Path archive = Files.createTempFile(out.getParent(), ".camatlas-", ".pt");
    Path card = Files.createTempFile(out.getParent(), ".camatlas-", ".json");
    List.of(scratch, archive, card).forEach(file -> file.toFile().deleteOnExit());
    try {
      MutedModel muted =
          MutedModel.write(model.archive(), model.entry(), layer, muting, input, archive, scratch);
      ModelChange change =
          new ModelChange(
              muted.layer().path(), muting.described(), muted.originalSha256(), Version.text());
      Files.writeString(card, change.sidecar(ModelSetup.sidecar(given), model.card()));
      move(card, sidecar);
      move(archive, out);
      return new Muted(
          out,
          sidecar,
          Printable.of(muting.described()),
          muted,
          notes(model.card(), ModelSetup.hasSidecar(given), component, muted));
    } finally {
      Files.deleteIfExists(archive);
      Files.deleteIfExists(card);
      try (Stream<Path> left = Files.list(scratch)) {
        for (Path file : left.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(scratch);
    }
  }

  /** With the rights of a new file; temporary ones are their owner's only. */
  private static void move(Path from, Path to) throws IOException {
    Path fresh = from.resolveSibling(from.getFileName() + ".new");
    Files.createFile(fresh);
    if (fresh.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(from, Files.getPosixFilePermissions(fresh));
    }
    Files.delete(fresh);
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static List<String> notes(
      ModelCard card, boolean hasSidecar, Optional<Component> component, MutedModel muted) {
    List<String> notes = new ArrayList<>(card.changes());
    if (!hasSidecar) {
      notes.add("the model has no sidecar; give explain the same flags for both models.");
    }
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
