package io.camatlas.spark;

/** The version of CamAtlas. */
public final class Version {
  private Version() {}

  /** The version of the jar; {@code development} if classes are not in a jar. */
  public static String text() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
