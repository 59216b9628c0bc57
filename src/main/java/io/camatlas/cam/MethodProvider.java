package io.camatlas.cam;

/**
 * Brings a rule to CamAtlas. Providers are found as {@link java.util.ServiceLoader} finds them: a
 * public class with a constructor without parameters, whose binary name is a line of {@code
 * META-INF/services/io.camatlas.cam.MethodProvider} in its jar. So a jar beside CamAtlas can bring
 * its own; its rule can be chosen by name, like any other.
 */
public interface MethodProvider {
  /**
   * Makes the rule.
   *
   * @param given gives the values of the parameters that the rule asks for; an option follows from
   *     each
   */
  CamMethod method(NamedMethod.Parameters given);

  /** The formula of the weights, in one line of plain text. */
  String formula();

  /** Where the formula comes from: authors, year, and the number of the equation. */
  String source();
}
