package io.camatlas.cli;

import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import java.util.ArrayList;
import java.util.List;
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
