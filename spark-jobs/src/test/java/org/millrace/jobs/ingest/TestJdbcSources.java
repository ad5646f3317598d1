package org.millrace.jobs.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.TimeZone;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.definition.JdbcTable;

/** Sources that are tables of a database: Derby, which comes with Spark. */
@Tag("slow")
class TestJdbcSources {
  private static final String LINE =
      "concat_ws(',', day, id, coalesce(amount, 'null'), date_format(seen, 'HH:mm:ss'), zip)";

  @TempDir private Path home;
  private SourceDirectory sources;
  private String url;
  private Connection database;

  @BeforeEach
  void start() throws SQLException {
    sources = new SourceDirectory(home);
    url = "jdbc:derby:memory:" + UUID.randomUUID();
    database = DriverManager.getConnection(url + ";create=true");
    run(
        "CREATE TABLE loans (day DATE, id BIGINT, amount DECIMAL(9,2), seen TIMESTAMP, zip VARCHAR(9))");
    run("INSERT INTO loans VALUES ('2024-01-01', 1, 10.50, '2024-01-01 02:30:00', '00501')");
    run("INSERT INTO loans VALUES ('2024-01-02', 2, NULL, '2024-01-02 12:00:00', '501')");
  }

  @AfterEach
  void stop() throws SQLException {
    database.close();
  }

  @Test
  void aTableIsReadDayByDayAndChangesAreSeen() throws Exception {
    define(url, "loans");
    sources.ingest("2024-01-01", "2024-01-02");
    assertThat(sources.rows("raw.loans", LINE))
        .containsExactlyInAnyOrder(
            "2024-01-01,1,10.50,02:30:00,00501", "2024-01-02,2,null,12:00:00,501");
    assertThat(sources.ingest("2024-01-01", "2024-01-02").outcome())
        .isEqualTo(Outcome.NOTHING_TO_DO);

    run("UPDATE loans SET amount = 7 WHERE id = 2");
    assertThat(sources.ingest("2024-01-01", "2024-01-02").outcome()).isEqualTo(Outcome.DONE);
    assertThat(sources.rows("raw.loans", LINE))
        .contains("2024-01-01,1,10.50,02:30:00,00501", "2024-01-02,2,7.00,12:00:00,501");
  }

  @Test
  void timesWithoutAZoneAreAsWrittenWhateverTheZoneOfTheMachine() throws Exception {
    define(url, "loans");
    TimeZone before = TimeZone.getDefault();
    try {
      TimeZone.setDefault(TimeZone.getTimeZone("America/New_York"));
      sources.ingest("2024-01-01", "2024-01-02");
    } finally {
      TimeZone.setDefault(before);
    }

    assertThat(sources.rows("raw.loans", LINE)).contains("2024-01-01,1,10.50,02:30:00,00501");
  }

  @Test
  void whatIsNotThereIsOneSentence() throws Exception {
    define(url, "lones");
    assertFails(ErrorCategory.INPUT_MISSING)
        .hasMessageStartingWith("Cannot read input 'loans' of raw.loans, lones of " + url + ": ")
        .hasMessageContaining("LONES")
        .hasMessageEndingWith("; correct the name of the table");

    define("jdbc:nosuch://host/db", "loans");
    assertFails(ErrorCategory.DEFINITION).hasMessageContaining("put the driver's jar into 'spark:");

    define("jdbc:derby:memory:nothing", "loans");
    assertFails(ErrorCategory.EXTERNAL)
        .hasMessageContaining("give the command again when it answers");
  }

  @Test
  void aPasswordIsNoPartOfAnAddress() {
    for (String address :
        List.of(
            "jdbc:postgresql://h/s?user=me&sslpassword=x",
            "jdbc:hive2://h:1/s;trustStorePassword=x",
            "jdbc:sqlserver://h;Password = x",
            "jdbc:oracle:thin:scott/tiger@//h:1521/s",
            "jdbc:mysql://u:p/w@h/s",
            "jdbc:x:y?access_token=z")) {
      assertThat(new JdbcTable(address, "t").problem()).as(address).isPresent();
    }

    assertThat(new JdbcTable("jdbc:oracle:thin:@//h:1521/s", "t").problem()).isEmpty();
    assertThat(new JdbcTable("jdbc:hive2://h:10000/s;user=me", "t").problem()).isEmpty();
  }

  private org.assertj.core.api.AbstractThrowableAssert<?, ?> assertFails(ErrorCategory category) {
    return assertThatThrownBy(() -> sources.ingest("2024-01-01", "2024-01-01"))
        .isInstanceOfSatisfying(
            MillraceException.class, e -> assertThat(e.category()).isEqualTo(category));
  }

  private void run(String sql) throws SQLException {
    try (Statement statement = database.createStatement()) {
      statement.execute(sql);
    }
  }

  private void define(String address, String table) throws IOException {
    Path file = home.resolve("conf/sources/loans.yaml");
    Files.createDirectories(file.getParent());
    Files.writeString(
        file,
        """
        table: raw.loans
        description: Loans
        inputs:
          loans: {jdbc: '%s', table: %s}
        day: day
        sql: SELECT day, id, amount, CAST(seen AS TIMESTAMP) AS seen, zip FROM loans
        """
            .formatted(address, table));
  }
}
