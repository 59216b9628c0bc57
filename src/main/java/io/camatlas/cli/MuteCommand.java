package io.camatlas.cli;

import io.camatlas.config.GivenSettings;
import io.camatlas.config.ModelOptions;
import io.camatlas.config.MuteOptions;
import io.camatlas.config.Option;
import io.camatlas.model.MutedModel;
import io.camatlas.setup.MuteSetup;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** {@code camatlas mute}: writes a copy of a model with part of one layer taken out. */
final class MuteCommand implements Command {
  @Override
  public String name() {
    return "mute";
  }

  @Override
  public List<String> description() {
    return List.of(
        "Writes a copy of a model in which some feature maps of a layer are zero.",
        "Weights and everything else stay byte for byte as they were, and the copy is an ordinary"
            + " TorchScript file. It is compared with the original before it is put in place. Audit"
            + " both to see whether it helps.");
  }

  @Override
  public List<Option<?>> options() {
    return MuteOptions.ALL;
  }

  @Override
  public List<Option<String>> positionals() {
    return List.of(ModelOptions.MODEL, MuteOptions.OUT);
  }

  @Override
  public List<String> examples() {
    return List.of(
        "mute --model model.pt --layer layer4 --maps 53,27,34 --out muted.pt",
        "mute --model model.pt --component ruler.json --out muted.pt");
  }

  @Override
  public void run(GivenSettings given) throws IOException {
    MuteSetup.Muted muted = MuteSetup.write(given);
    MutedModel model = muted.model();
    System.out.printf(
        "Layer %s, %d feature maps of %d × %d, %s: %s muted%n",
        model.layer().path(),
        model.layer().maps(),
        model.layer().height(),
        model.layer().width(),
        model.layer().calls() == 1 ? "called once" : "called " + model.layer().calls() + " times",
        muted.what());
    muted.notes().forEach(note -> System.out.println("Note: " + note));
    System.out.printf(
        "Compared with the original on %d images of noise: the layer returns what it should%s%s%n",
        model.images(),
        rounding(model.difference()),
        model
            .scoreDifference()
            .map(of -> "; the scores are as they should be" + rounding(of))
            .orElse(""));
    System.out.println("Model:   " + muted.out());
    System.out.println("Sidecar: " + muted.sidecar());
  }

  /** How closely numbers agree, in words. */
  private static String rounding(double difference) {
    return difference == 0
        ? ", exactly"
        : String.format(Locale.ROOT, ", to %.0e of the largest value", difference);
  }
}
