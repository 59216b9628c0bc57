package io.camatlas.config;

/** What the value of an option affects. */
public enum Scope {
  /** The result for an image, wherever and with whatever other images it is explained. */
  PER_IMAGE,
  /** How a machine explains images; the results stay the same. */
  OF_A_PLACE,
  /** What a job reads, what it writes, and how its work is distributed. */
  OF_THE_JOB
}
