package io.camatlas.config;

import java.util.List;

/** The options of {@code camatlas doctor}. */
public final class DoctorOptions {
  /** All options, in the order of the help. */
  public static final List<Option<?>> ALL = List.of(ExplainOptions.DEVICE);

  private DoctorOptions() {}
}
