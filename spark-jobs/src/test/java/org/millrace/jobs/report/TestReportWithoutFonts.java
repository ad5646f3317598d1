package org.millrace.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM on a machine without any font: its fontconfig knows of none. */
class TestReportWithoutFonts {
  @Test
  void writesTheNumbersAndSaysWhatToInstall(@TempDir Path folder) throws Exception {
    Path fontconfig = Files.writeString(folder.resolve("fonts.conf"), "<fontconfig/>");
    Path file = folder.resolve("report.html");
    ProcessBuilder builder =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Djava.awt.headless=true",
                "-Duser.home=" + folder, // else the JDK remembers the fonts of its last start
                "-cp",
                System.getProperty("java.class.path"),
                WriteExample.class.getName(),
                file.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output.txt").toFile());
    builder.environment().put("FONTCONFIG_FILE", fontconfig.toString());
    Process process = builder.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(folder.resolve("output.txt"))).isZero();

    Page page = Page.of(Files.readString(file));
    assertThat(page.texts("//p[@role='note']"))
        .hasSize(1)
        .first()
        .asString()
        .contains("has no font to label them with", "Install fontconfig and a font");
    assertThat(page.texts("//figure")).isEmpty();
    assertThat(page.texts("//details/@open")).hasSize(4);
    assertThat(page.texts("//section[@id='calibration']//tbody/tr")).hasSize(10);
    assertThat(page.texts("//section[@id='lineage']//*[local-name()='g']")).hasSize(13);
  }

  /** What the other JVM runs. */
  static final class WriteExample {
    private WriteExample() {}

    public static void main(String[] arguments) {
      HtmlReport.write(ExampleReport.full(), Path.of(arguments[0]));
    }
  }
}
