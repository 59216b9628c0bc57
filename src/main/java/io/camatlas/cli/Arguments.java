package io.camatlas.cli;

import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** A command's options, in the form that the command-line parser needs. */
final class Arguments {
  private Arguments() {}

  /** An option's name as typed, with dashes. */
  static String flag(String name) {
    return "--" + name;
  }

  static List<Option<?>> withConfig(Command command) {
    List<Option<?>> options = new ArrayList<>(command.options());
    options.add(GivenSettings.CONFIG);
    return options;
  }

  static CommandLine of(Command command) {
    CommandSpec spec = CommandSpec.create().name(command.name());
    spec.addOption(OptionSpec.builder("-h", "--help").usageHelp(true).build());
    for (Option<?> option : withConfig(command)) {
      spec.addOption(spec(option));
    }
    for (int i = 0; i < command.positionals().size(); i++) {
      spec.addPositional(
          PositionalParamSpec.builder()
              .index(String.valueOf(i))
              .arity("0..1")
              .type(String.class)
              .build());
    }
    CommandLine line = new CommandLine(spec);
    // Unknown options are reported together with every other problem.
    line.setUnmatchedArgumentsAllowed(true);
    line.setOverwrittenOptionsAllowed(true);
    return line;
  }

  /**
   * The arguments, where a switch takes the next one for its value only if it is true or false;
   * else {@code --overwrite photos} would lose a value that is given alone.
   */
  static String[] withoutValues(Command command, List<String> arguments) {
    Set<String> switches =
        withConfig(command).stream()
            .filter(Option::isSwitch)
            .map(option -> flag(option.name()))
            .collect(Collectors.toSet());
    String[] told = arguments.toArray(new String[0]);
    for (int i = 0; i + 1 < told.length; i++) {
      if (switches.contains(told[i]) && !told[i + 1].matches("(?i)true|false|-.*")) {
        told[i] += "=true";
      }
    }
    return told;
  }

  private static OptionSpec spec(Option<?> option) {
    OptionSpec.Builder builder =
        OptionSpec.builder(flag(option.name())).type(String.class).paramLabel(option.label());
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
