package io.camatlas.atlas;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Something known of an image besides its pixels and its label.
 *
 * @param name what it is
 * @param text its value as text; null if it is a number
 * @param number its value as a number; NaN if it is text
 */
public record Trait(Name name, String text, double number) {
  /** Where a trait comes from. */
  public enum Source {
    /** The picture itself. */
    PICTURE,
    /** The source of the images: a further column of a manifest, for example. */
    METADATA
  }

  /** What is known: the name is that of a column. */
  public record Name(Source source, String text) implements Comparable<Name> {
    @Override
    public int compareTo(Name other) {
      int order = source.compareTo(other.source);
      return order != 0 ? order : text.compareTo(other.text);
    }

    /** Writes this name. */
    public void write(DataOutput out) throws IOException {
      out.writeUTF(source.name());
      out.writeUTF(text);
    }

    /** Reads what {@link #write} wrote. */
    public static Name read(DataInput in) throws IOException {
      return new Name(Source.valueOf(in.readUTF()), in.readUTF());
    }
  }

  /** A trait of the picture itself. */
  public static Trait ofPicture(String name, double value) {
    return new Trait(new Name(Source.PICTURE, name), null, value);
  }

  /** A trait that the source of the images gives as text; typed as a number if it is one. */
  public static Trait ofMetadata(String name, String value) {
    String text = value.strip();
    double number = number(text);
    return new Trait(new Name(Source.METADATA, name), Double.isNaN(number) ? text : null, number);
  }

  private static double number(String text) {
    if (text.isEmpty() || text.length() > 30 || !isNumeric(text)) {
      return Double.NaN;
    }
    try {
      double number = Double.parseDouble(text);
      return Double.isFinite(number) ? number + 0.0 : Double.NaN;
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  /** Java also reads 1d, 0x1p3 and NaN as numbers, which other programs write for other things. */
  private static boolean isNumeric(String text) {
    return text.chars().allMatch(c -> (c >= '0' && c <= '9') || "+-.eE".indexOf(c) >= 0);
  }
}
