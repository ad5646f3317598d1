package org.millrace.jobs.report;

import freemarker.core.HTMLOutputFormat;
import freemarker.template.Configuration;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * Writes a report as one HTML file that needs nothing beside it: no script, no font, no picture
 * from elsewhere. It is well-formed XML too. Driver only; thread-safe.
 *
 * <p>Drawing needs a font on the machine. Where there is none, the report is written all the same:
 * it says so, and shows the numbers in place of the plots.
 */
public final class HtmlReport {
  private static final Pattern NOT_XML = Pattern.compile("[\\p{Cntrl}&&[^\\n\\t\\r]]");
  private static final Configuration TEMPLATES = templates();
  private static final String STYLE = resource("report.css");

  private HtmlReport() {}

  /**
   * The whole page.
   *
   * @throws MillraceException where the lineage is no graph without cycles
   */
  public static String render(ReportData data) {
    Map<String, Object> model = new HashMap<>(ReportView.of(data));
    model.put("style", STYLE);
    StringWriter page = new StringWriter();
    try {
      TEMPLATES.getTemplate("report.ftlh").process(model, page);
    } catch (IOException | TemplateException e) {
      throw new MillraceException(
          ErrorCategory.INTERNAL,
          "Cannot render the report of " + data.pipeline() + ": " + e.getMessage(),
          e);
    }

    return NOT_XML.matcher(page.toString()).replaceAll("\uFFFD");
  }

  /**
   * Renders and puts the page at {@code file} in one step: a reader sees the old page or the new
   * one. Missing directories are made.
   *
   * @throws MillraceException of category EXTERNAL where the file cannot be written
   */
  public static void write(ReportData data, Path file) {
    String page = render(data);
    Path target = file.toAbsolutePath();
    Path folder = Objects.requireNonNull(target.getParent(), "a report's file has a directory");
    try {
      Files.createDirectories(folder);
      Path draft = folder.resolve("." + target.getFileName() + "-" + UUID.randomUUID());
      try {
        Files.writeString(draft, page);
        Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(draft);
      }
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot write the report "
              + target
              + ": "
              + Causes.words(e)
              + "; make the place writable, run again",
          e);
    }
  }

  private static Configuration templates() {
    Configuration configuration = new Configuration(Configuration.VERSION_2_3_34);
    configuration.setClassForTemplateLoading(HtmlReport.class, "");
    configuration.setDefaultEncoding(StandardCharsets.UTF_8.name());
    configuration.setOutputFormat(HTMLOutputFormat.INSTANCE); // escapes every value
    configuration.setLocale(Locale.ROOT);
    configuration.setNumberFormat("computer");
    configuration.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
    configuration.setLogTemplateExceptions(false);
    return configuration;
  }

  private static String resource(String name) {
    try (InputStream stream = HtmlReport.class.getResourceAsStream(name)) {
      return new String(
          Objects.requireNonNull(stream, name + " is missing from the jar").readAllBytes(),
          StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
