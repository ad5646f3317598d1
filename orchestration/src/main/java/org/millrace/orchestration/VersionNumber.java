package org.millrace.orchestration;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Takes the number of a version as registries give it, and nothing else. */
final class VersionNumber implements ITypeConverter<String> {
  @Override
  public String convert(String text) {
    if (!text.matches("[1-9][0-9]{0,8}")) {
      throw new TypeConversionException(
          "expected the number that the registry gave the version, such as 7, found '"
              + text
              + "'");
    }

    return text;
  }
}
