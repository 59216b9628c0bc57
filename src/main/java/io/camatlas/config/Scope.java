package io.camatlas.config;

/** What the value of an option makes a difference to. */
public enum Scope {
  /** What is found in an image, wherever and with how much else it is explained. */
  PER_IMAGE,
  /** How the machine that explains an image goes about it; what is found stays the same. */
  OF_A_PLACE,
  /** What a job reads, what it writes, and how it is spread. */
  OF_THE_JOB
}
