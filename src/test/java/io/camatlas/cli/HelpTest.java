package io.camatlas.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class HelpTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... arguments) {
    return Main.run(Main.COMMANDS, arguments, printer(out), printer(err));
  }

  private static PrintStream printer(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void helpOfExplainHasGroupsInOrderAndTwoExamples() {
    assertThat(run("explain", "--help")).isEqualTo(Main.DONE);
    assertThat(out().lines().filter(line -> line.matches("[A-Z].*:")).toList())
        .containsExactly(
            "Model:", "Images:", "What is explained:", "Device:", "Output:", "Examples:");
    assertThat(out().split("Examples:\n")[1].lines().toList())
        .hasSize(2)
        .allMatch(
            line ->
                (line.startsWith("  camatlas ") && line.contains(" explain "))
                    || line.startsWith("  camatlas explain "));
    assertThat(out()).contains("What --images is: auto, directory, glob");
  }

  @Test
  void everyOptionOfEveryCommandIsInItsHelp() {
    for (Command command : Main.COMMANDS) {
      String help = Help.of(command);
      for (Option<?> option : Arguments.withConfig(command)) {
        assertThat(help).contains("  --" + option.name());
        assertThat(option.help()).as(option.name()).endsWith(".");
      }
      assertThat(help.lines().filter(line -> !line.startsWith("  camatlas")))
          .as(command.name())
          .allMatch(line -> line.length() <= 100);
      assertThat(help).doesNotContain("`");
    }
  }

  @Test
  void aMisspeltCommandIsToldTheClosest() {
    assertThat(run("explian", "--model", "m.pt")).isEqualTo(Main.WRONG_SETTINGS);
    assertThat(err()).contains("there is no command 'explian'; closest is 'explain'.");
    assertThat(out()).isEmpty();
  }

  @Test
  void aValueBesideTheOptionThatItIsAnotherSpellingOfIsReported() {
    assertThat(run("causes", "--from", "a", "b", "--out", "c")).isEqualTo(Main.WRONG_SETTINGS);
    assertThat(err()).contains("argument 'b' belongs to no option");
  }

  @Test
  void nothingToDoIsAnErrorWithTheListOfCommands() {
    assertThat(run()).isEqualTo(Main.WRONG_SETTINGS);
    assertThat(err()).contains("Usage: camatlas").contains("explain");
    assertThat(run("--help")).isEqualTo(Main.DONE);
    assertThat(out()).contains("Usage: camatlas").contains("faithfulness");
  }

  @Test
  void versionsAreThoseOfCamAtlasSparkAndPyTorch() {
    assertThat(run("--version")).isEqualTo(Main.DONE);
    assertThat(out().lines().toList())
        .hasSize(3)
        .anyMatch(line -> line.matches("CamAtlas \\S+"))
        .anyMatch(line -> line.matches("Spark    [34]\\.\\d.*"))
        .anyMatch(line -> line.matches("PyTorch  [12]\\.\\d.*"));
  }

  @Test
  void problemsNameOptionsAsTheyAreTyped() {
    assertThat(run("explain", "--sampels", "3", "--sigma", "-1")).isEqualTo(Main.WRONG_SETTINGS);
    assertThat(err())
        .contains("option --sampels is not known; closest is '--samples'.")
        .contains("  --sigma is -1.0; it must be at least 0.")
        .contains("  --model is missing")
        .contains("Run 'camatlas explain --help' for all options.");
  }

  @Test
  void helpNeedsNoSpark() throws Exception {
    ClassLoader loader = new WithoutSpark();
    Class<?> main = loader.loadClass(Main.class.getName());
    Object commands = main.getField("COMMANDS").get(null);
    Method run =
        main.getMethod("run", List.class, String[].class, PrintStream.class, PrintStream.class);
    for (Command command : Main.COMMANDS) {
      String[] arguments = {command.name(), "--help"};
      assertThat(run.invoke(null, commands, arguments, printer(out), printer(err)))
          .isEqualTo(Main.DONE);
      assertThat(out()).contains("Usage: camatlas " + command.name());
    }
    assertThat(run.invoke(null, commands, new String[] {"explian"}, printer(out), printer(err)))
        .isEqualTo(Main.WRONG_SETTINGS);
    assertThat(err()).contains("closest is 'explain'");
  }

  /** Loads our classes anew, and none of Spark's. */
  private static final class WithoutSpark extends ClassLoader {
    WithoutSpark() {
      super(HelpTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.matches("(org\\.apache\\.(spark|hadoop)|scala)\\..*")) {
        throw new ClassNotFoundException(name);
      }
      if (!name.startsWith("io.camatlas.") || findLoadedClass(name) != null) {
        return super.loadClass(name, resolve);
      }
      try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (in == null) {
          throw new ClassNotFoundException(name);
        }
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }

  @Test
  void everyPositionalIsAnOptionOfItsCommand() {
    for (Command command : Main.COMMANDS) {
      List<String> names = command.options().stream().map(Option::name).toList();
      assertThat(names).doesNotHaveDuplicates().doesNotContain(GivenSettings.CONFIG.name());
      assertThat(command.positionals()).allMatch(option -> names.contains(option.name()));
    }
  }

  @Test
  void aSwitchTakesNoValueThatIsGivenAlone() {
    Command pack =
        Main.COMMANDS.stream().filter(one -> one.name().equals("pack")).findFirst().orElseThrow();
    assertThat(Arguments.withoutValues(pack, List.of("--overwrite", "photos", "packed")))
        .containsExactly("--overwrite=true", "photos", "packed");
    for (List<String> plain :
        List.of(
            List.of("--overwrite", "false", "photos", "packed"),
            List.of("photos", "packed", "--overwrite"),
            List.of("--overwrite", "--images", "photos"))) {
      assertThat(Arguments.withoutValues(pack, plain)).containsExactlyElementsOf(plain);
    }
  }
}
