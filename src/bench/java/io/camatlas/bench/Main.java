package io.camatlas.bench;

import io.camatlas.cli.Command;
import java.util.List;

/** The commands of {@code jobs/camatlas} that exist only in a checkout. */
public final class Main {
  /** All commands, in the order of the help. */
  public static final List<Command> COMMANDS =
      List.of(
          new BenchCommand(),
          new BenchJobCommand(),
          new BenchAtlasCommand(),
          new BenchGpuCommand());

  private Main() {}

  public static void main(String[] arguments) {
    int code = io.camatlas.cli.Main.run(COMMANDS, arguments, System.out, System.err);
    System.out.flush();
    System.exit(code);
  }
}
