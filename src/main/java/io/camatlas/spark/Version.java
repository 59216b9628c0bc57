package io.camatlas.spark;

/** Which CamAtlas this is. */
public final class Version {
  private Version() {}

  /** The version of the jar; {@code development} where classes lie in no jar. */
  public static String text() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
