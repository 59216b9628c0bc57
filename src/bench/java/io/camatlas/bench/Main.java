package io.camatlas.bench;

import java.util.List;

/** The commands of {@code jobs/camatlas} that only a checkout has. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    int code =
        io.camatlas.cli.Main.run(
            List.of(new BenchCommand(), new BenchJobCommand(), new BenchAtlasCommand()),
            arguments,
            System.out,
            System.err);
    System.out.flush();
    System.exit(code);
  }
}
