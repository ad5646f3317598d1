package org.millrace.orchestration.launch;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;

/** Settings as the text of a file for {@code spark-submit --properties-file}. */
final class SparkSettingsFile {
  private SparkSettingsFile() {}

  static String text(Map<String, String> settings) {
    Properties properties = new Properties();
    properties.putAll(settings);
    StringWriter text = new StringWriter();
    try {
      properties.store(text, null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    return text.toString();
  }
}
