package io.camatlas.image;

/** File formats, detected by the first bytes. */
public enum ImageFormat {
  JPEG("JPEG"),
  PNG("PNG"),
  WEBP("WebP"),
  BMP("BMP"),
  TIFF("TIFF"),
  GIF("GIF");

  private final String spelling;

  ImageFormat(String spelling) {
    this.spelling = spelling;
  }

  @Override
  public String toString() {
    return spelling;
  }
}
