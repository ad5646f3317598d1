package org.millrace.jobs.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.features.sql.CanonicalSql;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.testing.TestRooms;
import org.millrace.registry.directory.DirectoryRegistry;

/** Who scores, and why no one does. */
final class TestChampion {
  private final Definitions definitions =
      Definitions.load(TestRooms.HOME.resolve("conf"), TestRooms.HOME, new CanonicalSql());
  private final ScoringDefinition scoring =
      Definitions.named(definitions.scoring(), "scoring", "late_flight");

  @TempDir private Path directory;

  @Test
  void anAliasWhoseVersionIsGoneIsToldFromNoAlias() throws IOException {
    Path registry = directory.resolve("registry");
    JobContext context =
        TestRooms.context(
            directory.resolve("lake"), definitions, () -> new DirectoryRegistry(registry));

    assertMissing(context, "no version has that alias in " + registry);

    Path alias = registry.resolve("models/late_flight/aliases/" + scoring.alias() + ".json");
    Files.createDirectories(alias.getParent());
    Files.writeString(alias, "\"3\"");

    assertThat(new DirectoryRegistry(registry).byAlias("late_flight", scoring.alias())).isEmpty();
    assertThat(new DirectoryRegistry(registry).aliasTarget("late_flight", scoring.alias()))
        .isEqualTo(Optional.of("3"));
    assertMissing(context, "the alias names version 3, which " + registry + " does not have");
  }

  private void assertMissing(JobContext context, String reason) {
    assertThatThrownBy(() -> Champion.resolve(context))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.INPUT_MISSING))
        .hasMessageContaining("Cannot score with late_flight@" + scoring.alias() + ": " + reason);
  }
}
