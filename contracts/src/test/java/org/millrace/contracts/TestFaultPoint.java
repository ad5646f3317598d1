package org.millrace.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestFaultPoint {
  private final AtomicInteger struck = new AtomicInteger();

  @AfterEach
  void disarm() {
    FaultPoint.arm(null);
  }

  private void arm(String text) {
    FaultPoint.arm(Fault.parse(text, struck::incrementAndGet));
  }

  @Test
  void isQuietUnlessItIsNamed() {
    FaultPoint.AFTER_COMMIT.reached("raw.a");
    arm("AFTER_COMMIT:raw.a");
    FaultPoint.BEFORE_COMMIT.reached("raw.a");
    FaultPoint.AFTER_COMMIT.reached("raw.b");

    assertThat(struck).hasValue(0);
  }

  @Test
  void strikesOnceAtTheNamedObject() {
    arm("AFTER_COMMIT:raw.a");
    FaultPoint.AFTER_COMMIT.reached("raw.a");
    FaultPoint.AFTER_COMMIT.reached("raw.a");

    assertThat(struck).hasValue(1);
  }

  @Test
  void countsWhereANumberIsGiven() {
    arm("AFTER_SEAL#3");
    FaultPoint.AFTER_SEAL.reached("raw.a");
    FaultPoint.AFTER_SEAL.reached("raw.b");
    assertThat(struck).hasValue(0);
    FaultPoint.AFTER_SEAL.reached("raw.c");
    assertThat(struck).hasValue(1);
  }

  @Test
  void aPauseSaysThatItIsReachedAndEndsWhenTheFileIsThere(@TempDir Path directory)
      throws IOException, InterruptedException {
    Path file = directory.resolve("go");
    Fault fault = Objects.requireNonNull(Fault.parse("AFTER_LEASE", file.toString()));
    Thread program = new Thread(() -> fault.reached(FaultPoint.AFTER_LEASE, "ingest"));
    program.start();
    // a program that does not wait ends, and with it this loop
    while (program.isAlive() && !Files.exists(directory.resolve("go.reached"))) {
      program.join(10);
    }

    program.join(200);
    assertThat(program.isAlive()).isTrue();
    Files.writeString(file, "");
    program.join(10_000);
    assertThat(program.isAlive()).isFalse();
  }

  @Test
  void aWordThatIsNoPointIsRefused() {
    assertThat(Fault.parse("", "")).isNull();
    assertThatThrownBy(() -> Fault.parse("AFTER_LUNCH", ""))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
