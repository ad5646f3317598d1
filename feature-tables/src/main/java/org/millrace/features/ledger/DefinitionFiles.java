package org.millrace.features.ledger;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.WholeFile;
import org.millrace.contracts.definition.DefinitionSnapshot;

/**
 * The definitions by which something in a lake was made: {@code <lake>/definitions/<hash>.json}.
 * Files are written once and never changed. Driver only; not thread-safe.
 */
final class DefinitionFiles {
  private final Path directory;
  private final Map<String, Optional<DefinitionSnapshot>> known = new HashMap<>();

  /**
   * Nothing is read yet.
   *
   * @param lake its directory
   */
  DefinitionFiles(Path lake) {
    this.directory = requireNonNull(lake, "lake is null").resolve("definitions");
  }

  /**
   * The definitions of a hash; empty if they are not there.
   *
   * @throws MillraceException of category EXTERNAL if the file cannot be read, DATA_CONTRACT if it
   *     is damaged
   */
  Optional<DefinitionSnapshot> find(String hash) {
    return known.computeIfAbsent(hash, this::read);
  }

  private Optional<DefinitionSnapshot> read(String hash) {
    Path file = file(hash);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }

    String json;
    try {
      json = Files.readString(file);
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot read " + file + ": " + Causes.words(e), e);
    }

    DefinitionSnapshot snapshot = DefinitionSnapshot.parse(json, file.toString());
    String is = snapshot.hash();
    if (!is.equals(hash)) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot use the definitions in %s: their hash is %s vs %s by the file's name; bring the file back, or delete it"
              .formatted(file, is, hash));
    }

    return Optional.of(snapshot);
  }

  /**
   * Keeps definitions before something is made by them.
   *
   * @return their hash
   */
  String keep(DefinitionSnapshot snapshot) {
    String hash = snapshot.hash();
    if (find(hash).isEmpty()) {
      try {
        WholeFile.write(file(hash), snapshot.toJson().getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new MillraceException(
            ErrorCategory.EXTERNAL,
            "Cannot keep the definitions in " + file(hash) + ": " + Causes.words(e),
            e);
      }

      known.put(hash, Optional.of(snapshot));
    }

    return hash;
  }

  private Path file(String hash) {
    return directory.resolve(hash + ".json");
  }
}
