package org.millrace.jobs.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.delta.tables.DeltaTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.millrace.features.testing.TestSpark;

/** The checker finds what it is there for: one planted fault each. */
@Tag("slow")
class TestLakeChecker {
  private static FaultBase base;

  private FaultLake lake;

  @BeforeAll
  static void build() {
    base = FaultBase.shared();
  }

  @BeforeEach
  void copyOfASoundLake(TestInfo test) {
    lake = base.copy(test.getTestMethod().orElseThrow().getName());
  }

  private Path table(String name) {
    return lake.home().resolve("lake/warehouse").resolve(name);
  }

  private void assertFound(String problem) {
    assertThat(lake.check().problems()).anyMatch(found -> found.contains(problem));
  }

  @Test
  void keysThatAreThereTwiceAndFilesOfTwoCommits() {
    String predictions = table("predictions.db/m").toString();
    TestSpark.session()
        .read()
        .format("delta")
        .load(predictions)
        .write()
        .format("delta")
        .mode("append")
        .save(predictions);

    assertFound("20 keys of [id] are there more than once");
    assertFound("files of several commits");
  }

  @Test
  void rowsThatTheLedgerDoesNotCount() {
    DeltaTable.forPath(TestSpark.session(), table("features.db/e").toString())
        .delete("known_date = DATE'2013-01-04' AND k = 'k1'");

    assertFound("features.e of 2013-01-04: the newest commit on it has no note of making it");
  }

  @Test
  void aFencingNumberThatWentBack() throws IOException {
    Path log = table("predictions.db/m/_delta_log");
    long newest = new DeltaFolder(table("predictions.db/m")).newest();
    String commit = Files.readString(log.resolve("%020d.json".formatted(newest)));
    String lower = commit.replaceAll("(\"txn\":\\{\"appId\":\"[^\"]*\",\"version\":)[0-9]+", "$10");
    assertThat(lower).isNotEqualTo(commit);
    Files.writeString(log.resolve("%020d.json".formatted(newest + 1)), lower);

    assertFound("went back to 0");
  }

  @Test
  void twoLeasesOfOneDay() throws IOException {
    String held =
        "{\"claims\":[{\"object\":\"raw.events\",\"days\":{\"from\":\"2013-01-04\",\"to\":\"%s\"}}]}";
    Files.writeString(
        lake.home().resolve("lake/ops/leases/99999999999999999.json"),
        "{\"held\":[%s,%s]}".formatted(held.formatted("2013-01-05"), held.formatted("2013-01-04")));

    assertFound("overlap");
  }

  @Test
  void aRowOfAnAliasThatIsGone() {
    DeltaTable.forPath(TestSpark.session(), table("ops.db/aliases").toString())
        .delete("number = 1");

    assertFound("late_flight@champion: row 1 has number 2");
    assertFound("a move that was not announced");
  }

  @Test
  void anAliasThatNoRowTellsOf() throws IOException {
    Files.writeString(
        lake.home().resolve("registry/models/late_flight/aliases/champion.json"), "\"7\"");

    assertFound("late_flight@champion: the registry names Optional[7], the rows Optional[1]");
  }

  @Test
  void predictionsOfAVersionThatIsNotThere() throws IOException {
    FileUtils.deleteDirectory(
        lake.home().resolve("registry/models/late_flight/versions/1").toFile());

    assertFound("predictions.m: the registry has no late_flight/versions/1");
  }
}
