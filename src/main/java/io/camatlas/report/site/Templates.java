package io.camatlas.report.site;

import freemarker.core.HTMLOutputFormat;
import freemarker.template.Configuration;
import freemarker.template.DefaultObjectWrapper;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import freemarker.template.TemplateModelException;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The templates of pages, and the files that pages load. */
final class Templates {
  static final String D3 = "/META-INF/resources/webjars/d3/7.9.0/";

  private static final String ASSETS = "assets/";
  private static final Configuration TEMPLATES = templates();

  private Templates() {}

  private static Configuration templates() {
    Configuration configuration = new Configuration(Configuration.VERSION_2_3_34);
    configuration.setClassForTemplateLoading(Templates.class, "/io/camatlas/report/site");
    configuration.setDefaultEncoding("UTF-8");
    configuration.setRecognizeStandardFileExtensions(true);
    configuration.setObjectWrapper(new DefaultObjectWrapper(Configuration.VERSION_2_3_34));
    configuration.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
    configuration.setLogTemplateExceptions(false);
    configuration.setNumberFormat("computer");
    return configuration;
  }

  /** Writes the style and the scripts that pages of a folder load. */
  static void writeAssets(SiteFiles files) throws IOException {
    files.write(ASSETS + "report.css", resource("report.css"));
    files.write(ASSETS + "report.js", resource("report.js"));
    files.write(ASSETS + "d3.min.js", resource(D3 + "dist/d3.min.js"));
    files.write(ASSETS + "d3.LICENSE.txt", resource(D3 + "LICENSE"));
  }

  /** Text that is HTML already, for templates. */
  static Object markup(String html) throws IOException {
    try {
      return HTMLOutputFormat.INSTANCE.fromMarkup(html);
    } catch (TemplateModelException e) {
      throw new IOException(e);
    }
  }

  static String filled(String template, Map<String, Object> model) throws IOException {
    StringWriter out = new StringWriter();
    try {
      TEMPLATES.getTemplate(template).process(model, out);
    } catch (TemplateException e) {
      throw new IllegalStateException("The template " + template + " is wrong.", e);
    }
    return out.toString();
  }

  /** Escapes a script so that it cannot end the element that contains it. */
  static String script(String code) {
    return code.replace("</script", "<\\/script");
  }

  static String text(String resource) throws IOException {
    return new String(resource(resource), StandardCharsets.UTF_8);
  }

  private static byte[] resource(String name) throws IOException {
    String path = name.startsWith("/") ? name : "/io/camatlas/report/site/" + name;
    try (InputStream in = Templates.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException("Resource '%s' is missing.".formatted(path));
      }
      return in.readAllBytes();
    }
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
