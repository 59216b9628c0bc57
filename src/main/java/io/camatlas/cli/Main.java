package io.camatlas.cli;

import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import io.camatlas.config.SettingsException;
import io.camatlas.model.NetworkException;
import io.camatlas.spark.InputException;
import io.camatlas.spark.Printable;
import io.camatlas.torchscript.ArchiveException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** The command line {@code camatlas}. */
public final class Main {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int WRONG_SETTINGS = 2;

  private static final List<Command> COMMANDS =
      List.of(
          new DemoCommand(),
          new LayersCommand(),
          new PackCommand(),
          new ExplainCommand(),
          new AtlasCommand(),
          new ReportCommand(),
          new AuditCommand(),
          new FaithfulnessCommand());

  private Main() {}

  public static void main(String[] arguments) {
    int code = run(arguments, System.out, System.err);
    // Spark's and the engine's own threads must not keep a finished or failed run alive.
    System.out.flush();
    System.exit(code);
  }

  /** Runs one command and returns its exit code. */
  static int run(String[] arguments, PrintStream out, PrintStream err) {
    return run(COMMANDS, arguments, out, err);
  }

  /** Runs one of some commands and returns its exit code. */
  public static int run(
      List<Command> commands, String[] arguments, PrintStream out, PrintStream err) {
    CommandLine line = commandLine(commands);
    ParseResult parsed;
    try {
      parsed = line.parseArgs(arguments);
    } catch (CommandLine.ParameterException e) {
      err.println(e.getMessage());
      e.getCommandLine().usage(err);
      return WRONG_SETTINGS;
    }
    if (!parsed.hasSubcommand()) {
      line.usage(parsed.isUsageHelpRequested() ? out : err);
      return parsed.isUsageHelpRequested() ? DONE : WRONG_SETTINGS;
    }
    ParseResult own = parsed.subcommand();
    CommandLine ownLine = own.commandSpec().commandLine();
    if (own.isUsageHelpRequested()) {
      ownLine.usage(out);
      return DONE;
    }
    Command command =
        commands.stream()
            .filter(known -> known.name().equals(own.commandSpec().name()))
            .findFirst()
            .orElseThrow();
    try {
      command.run(given(command, own, ownLine.getUnmatchedArguments()));
      return DONE;
    } catch (SettingsException e) {
      err.printf(
          "camatlas %s: %d %s, nothing was done:%n",
          command.name(), e.problems().size(), e.problems().size() == 1 ? "problem" : "problems");
      e.problems().forEach(problem -> err.println("  " + printable(problem)));
      err.println("Run 'camatlas " + command.name() + " --help' for all options.");
      return WRONG_SETTINGS;
    } catch (InputException | ArchiveException | NetworkException e) {
      err.println("camatlas " + command.name() + ": " + printable(e.getMessage()));
      return WRONG_SETTINGS;
    } catch (Exception e) {
      err.println("camatlas " + command.name() + " failed:");
      e.printStackTrace(err);
      return FAILED;
    }
  }

  /** Messages of several lines hold names of files and labels. */
  private static String printable(String message) {
    return String.valueOf(message).lines().map(Printable::of).collect(Collectors.joining("\n"));
  }

  private static GivenSettings given(Command command, ParseResult parsed, List<String> unmatched) {
    Map<String, String> flags = new LinkedHashMap<>();
    for (Option option : withConfig(command)) {
      if (parsed.hasMatchedOption("--" + option.name())) {
        flags.put(
            option.name(),
            option.isRepeated()
                ? String.join(
                    GivenSettings.SEPARATOR,
                    parsed.matchedOptionValue("--" + option.name(), List.<String>of()))
                : parsed.matchedOptionValue("--" + option.name(), ""));
      }
    }
    for (int i = 0; i < command.positionals().size(); i++) {
      if (parsed.hasMatchedPositional(i)) {
        flags.putIfAbsent(command.positionals().get(i), parsed.matchedPositionalValue(i, ""));
      }
    }
    return new GivenSettings(command.options(), flags, unmatched);
  }

  private static List<Option> withConfig(Command command) {
    List<Option> options = new ArrayList<>(command.options());
    options.add(GivenSettings.CONFIG);
    return options;
  }

  private static CommandLine commandLine(List<Command> commands) {
    CommandSpec root = CommandSpec.create().name("camatlas").mixinStandardHelpOptions(false);
    root.addOption(help());
    root.usageMessage()
        .description("Audits a CNN over a whole image dataset with Smooth Grad-CAM++ on Spark.");
    for (Command command : commands) {
      CommandSpec spec = CommandSpec.create().name(command.name());
      spec.usageMessage().description(command.description().toArray(new String[0]));
      spec.usageMessage().sortOptions(false);
      spec.usageMessage().width(100);
      spec.addOption(help());
      for (Option option : withConfig(command)) {
        spec.addOption(spec(option));
      }
      for (int i = 0; i < command.positionals().size(); i++) {
        String positional = command.positionals().get(i);
        spec.addPositional(
            PositionalParamSpec.builder()
                .index(String.valueOf(i))
                .arity("0..1")
                .paramLabel(positional.toUpperCase(java.util.Locale.ROOT))
                .type(String.class)
                .description("Same as --" + positional + ".")
                .build());
      }
      // Unknown options are reported together with every other problem.
      spec.parser().unmatchedArgumentsAllowed(true);
      root.addSubcommand(command.name(), spec);
    }
    CommandLine line = new CommandLine(root);
    line.setUnmatchedArgumentsAllowed(true);
    line.setOverwrittenOptionsAllowed(true);
    return line;
  }

  private static OptionSpec help() {
    return OptionSpec.builder("-h", "--help")
        .usageHelp(true)
        .description("Show this help and exit.")
        .build();
  }

  private static OptionSpec spec(Option option) {
    OptionSpec.Builder builder =
        OptionSpec.builder("--" + option.name())
            .type(String.class)
            .paramLabel(option.label())
            .description(
                option.help().replace("%", "%%")
                    + (option.defaultValue().isEmpty()
                        ? ""
                        : " Default: " + option.defaultValue() + "."));
    if (option.isRepeated()) {
      builder.arity("1").type(List.class).auxiliaryTypes(String.class);
    } else if (option.isSwitch()) {
      builder.arity("0..1").fallbackValue("true");
    } else {
      builder.arity("1");
    }
    return builder.build();
  }
}
