package io.camatlas.config;

/** From which severity on a finding makes a command end with an exit code of its own. */
public enum FailOn {
  NEVER,
  NOTABLE,
  SERIOUS
}
