package org.millrace.contracts.definition;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Opens a YAML file as a node tree that still knows its lines. Only plain YAML: no tags make
 * objects, aliases and depth are limited.
 */
final class DefinitionFile {
  /** The largest definition file; what is longer is not read. */
  static final int MAX_BYTES = 1 << 20;

  private DefinitionFile() {}

  /** The file's top mapping; empty, and an error noted, where the file cannot be used. */
  static Optional<DefinitionNode> open(
      Path file, String shownName, DefinitionErrors errors, SqlForm sqlForm) {
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(shownName)
            .setMaxAliasesForCollections(20)
            .setCodePointLimit(MAX_BYTES)
            .build();
    try {
      Optional<String> text = text(file);
      if (text.isEmpty()) {
        errors.add(shownName, 0, tooLong());
        return Optional.empty();
      }

      Optional<PlainYaml.Finding> finding = PlainYaml.check(settings, text.get());
      if (finding.isPresent()) {
        errors.add(shownName, finding.get().line(), finding.get().what());
        return Optional.empty();
      }

      Node root = new Compose(settings).composeString(text.get()).orElse(null);
      if (root instanceof MappingNode mapping) {
        return Optional.of(new DefinitionNode(shownName, mapping, errors, sqlForm));
      }

      errors.add(
          shownName,
          0,
          "expected keys and values at the top, found "
              + (root == null ? "an empty file" : "something else"));
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0);
      errors.add(shownName, line, "not valid YAML: " + e.getProblem());
    } catch (YamlEngineException e) {
      errors.add(shownName, 0, "not valid YAML: " + e.getMessage());
    } catch (NoSuchFileException e) {
      errors.add(shownName, 0, "there is no such file: " + file);
    } catch (IOException e) {
      errors.add(shownName, 0, "cannot be read: " + e);
    }

    return Optional.empty();
  }

  static String tooLong() {
    return "is longer than %,d bytes, the limit of a definition file; shorten it"
        .formatted(MAX_BYTES);
  }

  /** The text; empty if it is too long. Reads no more than the limit: a path may be a device. */
  private static Optional<String> text(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      return bytes.length > MAX_BYTES
          ? Optional.empty()
          : Optional.of(
              StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    }
  }
}
