package io.camatlas.cli;

import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import io.camatlas.config.SettingNames;
import io.camatlas.config.SettingsException;
import io.camatlas.model.NetworkException;
import io.camatlas.spark.InputException;
import io.camatlas.spark.Printable;
import io.camatlas.spark.storage.LockLostException;
import io.camatlas.suggest.NearestName;
import io.camatlas.torchscript.ArchiveException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** The command line {@code camatlas}. */
public final class Main {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int WRONG_SETTINGS = 2;
  static final int TOO_MANY_FAILURES = 3;
  static final int FOUND = 4;

  /** All commands, in the order of the help. */
  public static final List<Command> COMMANDS =
      List.of(
          new DemoCommand(),
          new LayersCommand(),
          new RulesCommand(),
          new PackCommand(),
          new ExplainCommand(),
          new AtlasCommand(),
          new StrategiesCommand(),
          new CausesCommand(),
          new ReportCommand(),
          new AuditCommand(),
          new FaithfulnessCommand(),
          new ConceptCommand(),
          new CompareCommand(),
          new MuteCommand(),
          new DoctorCommand());

  private Main() {}

  public static void main(String[] arguments) {
    int code = run(COMMANDS, arguments, System.out, System.err);
    // Spark's and the engine's own threads must not keep a finished or failed run alive.
    System.out.flush();
    if (code == DONE) {
      ClassArchive.write(System.err);
    }
    System.exit(code);
  }

  /** Runs one command and returns its exit code. */
  static int run(String[] arguments, PrintStream out, PrintStream err) {
    return run(COMMANDS, arguments, out, err);
  }

  /** Runs one of the given commands and returns its exit code. */
  public static int run(
      List<Command> commands, String[] arguments, PrintStream out, PrintStream err) {
    String first = arguments.length == 0 ? "" : arguments[0];
    if (first.isEmpty()) {
      err.print(Help.overview(commands));
      return WRONG_SETTINGS;
    }
    if (first.equals("-h") || first.equals("--help")) {
      out.print(Help.overview(commands));
      return DONE;
    }
    if (first.equals("-V") || first.equals("--version")) {
      out.print(Versions.text());
      return DONE;
    }
    for (Command command : commands) {
      if (command.name().equals(first)) {
        return run(command, List.of(arguments).subList(1, arguments.length), out, err);
      }
    }
    List<String> names = commands.stream().map(Command::name).toList();
    err.println(
        "camatlas: there is no command '"
            + Printable.of(first)
            + "'"
            + NearestName.clause(first, names)
            + ". Run 'camatlas --help' for all commands.");
    return WRONG_SETTINGS;
  }

  private static int run(
      Command command, List<String> arguments, PrintStream out, PrintStream err) {
    CommandLine line = Arguments.of(command);
    ParseResult parsed;
    try {
      parsed = line.parseArgs(Arguments.withoutValues(command, arguments));
    } catch (CommandLine.ParameterException e) {
      err.println("camatlas " + command.name() + ": " + e.getMessage());
      err.println(Help.where(command));
      return WRONG_SETTINGS;
    }
    if (parsed.isUsageHelpRequested()) {
      out.print(Help.of(command));
      return DONE;
    }
    try {
      command.run(given(command, parsed, line.getUnmatchedArguments()));
      return DONE;
    } catch (SettingsException e) {
      List<String> problems = e.problems(name -> Help.spelled(command, name));
      err.printf(
          "camatlas %s: %d %s, nothing was done:%n",
          command.name(), problems.size(), problems.size() == 1 ? "problem" : "problems");
      problems.forEach(problem -> err.println("  " + printable(problem)));
      err.println(Help.where(command));
      return WRONG_SETTINGS;
    } catch (InputException | ArchiveException | NetworkException e) {
      String message =
          SettingNames.spelled(String.valueOf(e.getMessage()), name -> Help.spelled(command, name));
      err.println("camatlas " + command.name() + ": " + printable(message));
      return WRONG_SETTINGS;
    } catch (TooManyFailuresException e) {
      String message = SettingNames.spelled(e.getMessage(), name -> Help.spelled(command, name));
      err.println("camatlas " + command.name() + ": " + printable(message));
      return TOO_MANY_FAILURES;
    } catch (FoundException e) {
      String message = SettingNames.spelled(e.getMessage(), name -> Help.spelled(command, name));
      err.println("camatlas " + command.name() + ": " + printable(message));
      return FOUND;
    } catch (NotReadyException e) {
      String message = SettingNames.spelled(e.getMessage(), name -> Help.spelled(command, name));
      err.println("camatlas " + command.name() + ": " + printable(message));
      return FAILED;
    } catch (LockLostException e) {
      err.println("camatlas " + command.name() + ": " + printable(e.getMessage()));
      return FAILED;
    } catch (Exception e) {
      err.println("camatlas " + command.name() + " failed:");
      e.printStackTrace(err);
      return FAILED;
    }
  }

  /** Makes a message printable, line by line; it may contain names of files and labels. */
  private static String printable(String message) {
    return message.lines().map(Printable::of).collect(Collectors.joining("\n"));
  }

  private static GivenSettings given(Command command, ParseResult parsed, List<String> unmatched) {
    Map<String, String> flags = new LinkedHashMap<>();
    for (Option<?> option : Arguments.withConfig(command)) {
      String flag = Arguments.flag(option.name());
      if (parsed.hasMatchedOption(flag)) {
        flags.put(
            option.name(),
            option.isRepeated()
                ? String.join(
                    GivenSettings.SEPARATOR, parsed.matchedOptionValue(flag, List.<String>of()))
                : parsed.matchedOptionValue(flag, ""));
      }
    }
    List<String> unknown = new ArrayList<>(unmatched);
    List<Option<String>> positionals = command.positionals();
    for (int i = 0; i < positionals.size(); i++) {
      if (parsed.hasMatchedPositional(i)) {
        String value = parsed.matchedPositionalValue(i, "");
        // What is given by name leaves nothing for a value alone to mean.
        if (flags.putIfAbsent(positionals.get(i).name(), value) != null) {
          unknown.add(value);
        }
      }
    }
    return new GivenSettings(command.options(), flags, unknown);
  }
}
