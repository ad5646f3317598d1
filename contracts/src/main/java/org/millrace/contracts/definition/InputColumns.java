package org.millrace.contracts.definition;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * A YAML or JSON file that names the columns of a model's inputs: {@code age: customer__age}, or a
 * list for an input that is a matrix. Stateless.
 */
public final class InputColumns {
  private InputColumns() {}

  /**
   * Reads a file.
   *
   * @return the columns of each input, in the file's order
   * @throws MillraceException of category DEFINITION if it is not there, or something else
   */
  public static Map<String, List<String>> read(Path file) {
    Object content;
    try {
      LoadSettings settings =
          LoadSettings.builder()
              .setLabel(file.toString())
              .setMaxAliasesForCollections(20)
              .setCodePointLimit(DefinitionFile.MAX_BYTES)
              .build();
      content = new Load(settings).loadFromString(Files.readString(file));
    } catch (NoSuchFileException e) {
      throw refused(file, "there is no such file", e);
    } catch (IOException e) {
      throw refused(file, Causes.words(e), e);
    } catch (YamlEngineException e) {
      throw refused(file, "not valid YAML: " + e.getMessage(), e);
    }

    if (!(content instanceof Map<?, ?> entries) || entries.isEmpty()) {
      throw refused(file, "expected an input and its column in each line", null);
    }

    Map<String, List<String>> columns = new LinkedHashMap<>();
    entries.forEach(
        (input, column) -> columns.put(String.valueOf(input), columns(file, input, column)));
    return columns;
  }

  private static List<String> columns(Path file, Object input, @Nullable Object column) {
    List<?> named = column instanceof List<?> list ? list : Arrays.asList(column);
    if (named.isEmpty()
        || !named.stream().allMatch(one -> one instanceof String || one instanceof Number)) {
      throw refused(file, "'" + input + "': expected a column or a list of columns", null);
    }

    return named.stream().map(String::valueOf).toList();
  }

  private static MillraceException refused(Path file, String reason, @Nullable Throwable cause) {
    return new MillraceException(
        ErrorCategory.DEFINITION,
        "Cannot read the columns of inputs from " + file + ": " + reason,
        cause);
  }
}
