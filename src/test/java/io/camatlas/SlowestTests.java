package io.camatlas;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.xml.sax.SAXException;

/** Prints, at the end of a build, the test classes that took longest. */
public final class SlowestTests {
  private static final int SHOWN = 20;

  private record Suite(String name, double seconds, int tests) {}

  private SlowestTests() {}

  /**
   * Reads the reports of Surefire and Failsafe.
   *
   * @param arguments the build's folder
   */
  public static void main(String[] arguments)
      throws IOException, ParserConfigurationException, SAXException {
    List<Suite> suites = new ArrayList<>();
    for (String reports : List.of("surefire-reports", "failsafe-reports")) {
      Path folder = Path.of(arguments[0], reports);
      if (Files.isDirectory(folder)) {
        try (Stream<Path> files = Files.list(folder)) {
          for (Path file : files.filter(SlowestTests::isReport).toList()) {
            suites.add(suite(file));
          }
        }
      }
    }
    double all = suites.stream().mapToDouble(Suite::seconds).sum();
    System.out.printf(
        "Slowest of %d test classes, which took %.0f s in all:%n", suites.size(), all);
    suites.stream()
        .sorted(Comparator.comparingDouble(Suite::seconds).reversed())
        .limit(SHOWN)
        .forEach(
            suite ->
                System.out.printf(
                    "%7.1f s %5d tests  %s%n", suite.seconds(), suite.tests(), suite.name()));
  }

  private static boolean isReport(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.startsWith("TEST-") && name.endsWith(".xml");
  }

  private static Suite suite(Path file)
      throws IOException, ParserConfigurationException, SAXException {
    Element root =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(file.toFile())
            .getDocumentElement();
    return new Suite(
        root.getAttribute("name"),
        Double.parseDouble(root.getAttribute("time").replace(",", "")),
        Integer.parseInt(root.getAttribute("tests")));
  }
}
