package io.camatlas.truth;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.ErrorHandler;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/**
 * Boxes from one XML file of Pascal VOC (Everingham et al., IJCV 88, 2010): its {@code filename}
 * and {@code size}, and the {@code name}, {@code difficult} and {@code bndbox} of each {@code
 * object}.
 *
 * <p>VOC counts pixels from 1 and includes both ends, so a box extends from {@code xmin - 1} to
 * {@code xmax}. Boxes of an object's parts are ignored. Files with a document type declaration are
 * rejected, since it could refer to other files.
 */
public final class VocTruth {
  private VocTruth() {}

  /**
   * Reads one file; leaves the stream open unless the parser closes it.
   *
   * @return the image, named as in its {@code filename}, and its objects
   * @throws TruthException naming place and value, if the file is not of this format
   * @throws UncheckedIOException if the stream cannot be read
   */
  public static Map.Entry<String, GroundTruth> read(InputStream xml) {
    Element root = parsed(xml);
    if (!root.getTagName().equals("annotation")) {
      throw new TruthException(
          "The root of the XML file is <%s>; Pascal VOC has <annotation>. Give another file."
              .formatted(root.getTagName()));
    }
    String file = text(root, "filename", "The file");
    List<TruthObject> objects = new ArrayList<>();
    for (Element object : children(root, "object")) {
      objects.add(object(object, "Object %d of '%s'".formatted(objects.size() + 1, file)));
    }
    Optional<Element> size = child(root, "size");
    return Map.entry(file, new GroundTruth(objects, pixels(size, "width"), pixels(size, "height")));
  }

  /** A side of the picture; 0 if it is missing, as are sizes of 0x0 that some tools write. */
  private static int pixels(Optional<Element> size, String side) {
    String stated = size.flatMap(of -> child(of, side)).map(VocTruth::text).orElse("");
    try {
      return GroundTruth.pixels(Double.parseDouble(stated));
    } catch (NumberFormatException no) {
      return 0;
    }
  }

  private static TruthObject object(Element object, String place) {
    Element box =
        child(object, "bndbox")
            .orElseThrow(
                () ->
                    new TruthException(
                        "%s has no <bndbox>; every object must have one. Correct the file."
                            .formatted(place)));
    String difficult = child(object, "difficult").map(VocTruth::text).orElse("0");
    try {
      return new TruthObject(
          text(object, "name", place),
          number(box, "xmin", place) - 1,
          number(box, "ymin", place) - 1,
          number(box, "xmax", place),
          number(box, "ymax", place),
          null,
          difficult.equals("1"),
          false);
    } catch (TruthException wrong) {
      String message = wrong.getMessage();
      throw message.startsWith(place)
          ? wrong
          : new TruthException("%s: %s".formatted(place, message), wrong);
    }
  }

  private static Element parsed(InputStream xml) {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_DTD, "");
      factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
      factory.setXIncludeAware(false);
      factory.setExpandEntityReferences(false);
      DocumentBuilder builder = factory.newDocumentBuilder();
      builder.setErrorHandler(new Throwing());
      return builder.parse(xml).getDocumentElement();
    } catch (SAXParseException broken) {
      throw new TruthException(
          "The XML file is rejected at line %d, column %d: %s Correct the file; it must not have a document type."
              .formatted(broken.getLineNumber(), broken.getColumnNumber(), broken.getMessage()),
          broken);
    } catch (SAXException | ParserConfigurationException broken) {
      throw new TruthException(
          "The XML file cannot be parsed: %s. Fetch it again.".formatted(broken.getMessage()),
          broken);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** The parser's own handler would print to the console. */
  private static final class Throwing implements ErrorHandler {
    @Override
    public void warning(SAXParseException ignored) {}

    @Override
    public void error(SAXParseException problem) throws SAXException {
      throw problem;
    }

    @Override
    public void fatalError(SAXParseException problem) throws SAXException {
      throw problem;
    }
  }

  private static double number(Element box, String tag, String place) {
    String word = text(box, tag, place);
    try {
      return Double.parseDouble(word);
    } catch (NumberFormatException no) {
      throw new TruthException(
          "%s has <%s> '%s'; it must be a number. Correct the file.".formatted(place, tag, word),
          no);
    }
  }

  private static String text(Element parent, String tag, String place) {
    String text = child(parent, tag).map(VocTruth::text).orElse("");
    if (text.isEmpty()) {
      throw new TruthException(
          "%s has no <%s>, or an empty one; a value is needed. Correct the file."
              .formatted(place, tag));
    }
    return text;
  }

  private static String text(Element element) {
    return element.getTextContent().strip();
  }

  private static Optional<Element> child(Element parent, String tag) {
    return children(parent, tag).stream().findFirst();
  }

  private static List<Element> children(Element parent, String tag) {
    List<Element> found = new ArrayList<>();
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element && element.getTagName().equals(tag)) {
        found.add(element);
      }
    }
    return found;
  }
}
