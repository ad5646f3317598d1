package org.millrace.features.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.millrace.features.ledger.NumberedDays.day;

import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.features.lake.Fence;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.TableWriter;

/** A lake's days are those of one zone. */
@Tag("slow")
class TestDayZoneCheck {
  private static final ZoneId NEW_YORK = ZoneId.of("America/New_York");

  @TempDir Path home;

  private Lake utc;

  @BeforeEach
  void aLakeOfUtcDays() {
    NumberedDays days = new NumberedDays(home.toString());
    utc = days.lake;
    days.make("f", 2, 1);
  }

  private Lake in(String zone) {
    return new Lake(utc.spark(), utc.root(), ZoneId.of(zone));
  }

  private static void assertRefused(ThrowingCallable open) {
    assertThatThrownBy(open)
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DEFINITION))
        .hasMessage(
            "Cannot use this lake with 'day-zone: America/New_York': its days are those of Z, according to"
                + " a commit of numbers.test.2013-01-01; set 'day-zone: Z' in millrace.yaml, or take another lake");
  }

  @Test
  void anotherZoneIsRefusedByRunAndPlan() {
    assertRefused(() -> Ledger.open(in("America/New_York")));
    assertRefused(() -> LedgerIndex.open(utc.logs(), NEW_YORK));
  }

  @Test
  void anotherNameOfTheSameZoneIsNot() {
    assertThat(Ledger.open(in("Etc/UTC")).entry(NumberedDays.TABLE, day(1))).isPresent();
    assertThat(LedgerIndex.open(utc.logs(), ZoneId.of("UTC")).objects())
        .isEqualTo(List.of(NumberedDays.TABLE));
  }

  @Test
  void commitsWithoutAZoneDoNotHideIt() {
    for (int i = 0; i < 12; i++) {
      new TableWriter(utc, Ledger.TABLE, "", Map.of(), Optional.empty())
          .takeFence(Fence.NONE, NumberedDays.NOTE);
    }

    assertRefused(() -> Ledger.open(in("America/New_York")));
  }

  @Test
  void aLedgerThatSaysNoZoneHasAny(@TempDir Path other) {
    Lake old = new Lake(utc.spark(), other.toString(), NEW_YORK);
    utc.spark()
        .createDataFrame(List.of(), LedgerRows.SCHEMA)
        .write()
        .format("delta")
        .option("userMetadata", NumberedDays.NOTE.toJson())
        .save(old.path(Ledger.TABLE));

    assertThat(NumberedDays.NOTE.dayZone()).isEmpty();
    assertThat(Ledger.open(old).version()).isZero();
  }
}
