package io.camatlas.report.site;

/**
 * How one page links to the others: by relative paths in a site, by fragments in a single file.
 * Called by templates.
 */
public abstract sealed class Links permits Links.OfSite, Links.OfSingleFile {
  Links() {}

  /** The link to a page, including its fragment. */
  public abstract String to(String page);

  /** Whether pictures are stored in the page itself and inserted when they are shown. */
  public abstract boolean isSingleFile();

  /** Links from a page in a folder of files. */
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

  /** Links between the pages of a single file. */
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
