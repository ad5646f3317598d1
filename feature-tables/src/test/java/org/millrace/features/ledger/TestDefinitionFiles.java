package org.millrace.features.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.DefinitionContent;
import org.millrace.contracts.definition.DefinitionKey;
import org.millrace.contracts.definition.DefinitionKind;
import org.millrace.contracts.definition.DefinitionSnapshot;

class TestDefinitionFiles {
  @TempDir private Path lake;

  private static DefinitionSnapshot snapshot(String sql) {
    return new DefinitionSnapshot(
        Map.of(
            new DefinitionKey(DefinitionKind.VIEW, "v"),
            new DefinitionContent(new TreeMap<>(Map.of("sql", sql)), new TreeMap<>())));
  }

  private Path file(String hash) {
    return lake.resolve("definitions").resolve(hash + ".json");
  }

  @Test
  void whatIsKeptIsFoundByItsHashAndWrittenOnce() throws IOException {
    String hash = new DefinitionFiles(lake).keep(snapshot("SELECT 1"));
    Object written = Files.getLastModifiedTime(file(hash));
    Object inode = Files.getAttribute(file(hash), "unix:ino");
    DefinitionFiles files = new DefinitionFiles(lake);

    assertThat(files.keep(snapshot("SELECT 1"))).isEqualTo(hash);
    assertThat(files.find(hash).map(DefinitionSnapshot::hash)).contains(hash);
    assertThat(files.find(snapshot("SELECT 2").hash())).isEmpty();
    assertThat(Files.getLastModifiedTime(file(hash))).isEqualTo(written);
    assertThat(Files.getAttribute(file(hash), "unix:ino")).isEqualTo(inode);
  }

  @Test
  void whatWasLookedForBeforeItWasKeptIsFound() {
    DefinitionFiles files = new DefinitionFiles(lake);
    DefinitionSnapshot snapshot = snapshot("SELECT 1");

    assertThat(files.find(snapshot.hash())).isEmpty();
    files.keep(snapshot);
    assertThat(files.find(snapshot.hash())).isEqualTo(Optional.of(snapshot));
  }

  @Test
  void aDamagedFileIsRefusedByName() throws IOException {
    String hash = new DefinitionFiles(lake).keep(snapshot("SELECT 1"));
    for (String damaged : new String[] {"", snapshot("SELECT 2").toJson()}) {
      Files.writeString(file(hash), damaged);

      assertThatThrownBy(() -> new DefinitionFiles(lake).find(hash))
          .isInstanceOfSatisfying(
              MillraceException.class,
              e -> assertThat(e.category()).isEqualTo(ErrorCategory.DATA_CONTRACT))
          .hasMessageContaining(file(hash).toString())
          .hasMessageContaining("delete it");
    }
  }
}
