package io.camatlas.report.site;

/**
 * How one page names the others: by relative paths in a site, by fragments in a single file.
 * Templates call it.
 */
public abstract sealed class Links permits Links.OfSite, Links.OfSingleFile {
  Links() {}

  /** The address of a page, with its fragment. */
  public abstract String to(String page);

  /** Whether pictures are kept in the page itself, and put in place when they are shown. */
  public abstract boolean isSingleFile();

  /** Of a page in a folder of files. */
  static final class OfSite extends Links {
    private final String root;

    OfSite(String page) {
      root = "../".repeat((int) page.chars().filter(c -> c == '/').count());
    }

    @Override
    public String to(String page) {
      return root + page;
    }

    @Override
    public boolean isSingleFile() {
      return false;
    }
  }

  /** Of all pages of a single file. */
  static final class OfSingleFile extends Links {
    @Override
    public String to(String page) {
      return "#" + page;
    }

    @Override
    public boolean isSingleFile() {
      return true;
    }
  }
}
