package org.millrace.features.lease;

import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import org.millrace.contracts.Claim;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RunKey;
import org.millrace.features.lake.Lake;
import org.millrace.features.testing.TestSpark;

/** A second program that takes leases; its lines of output say how it fared. */
final class OtherHolder {
  static final int ROUNDS = 100;

  private OtherHolder() {}

  /** Arguments: {@code hold} or {@code race}, the lake, and a folder of signals. */
  public static void main(String[] arguments) throws Exception {
    Lake lake = new Lake(TestSpark.session(), arguments[1], ZoneOffset.UTC);
    Path signals = Path.of(arguments[2]);
    if (arguments[0].equals("hold")) {
      try (Leases leases = leases(lake)) {
        Lease lease = leases.acquire(TestLeases.KEY, "other", TestLeases.CLAIMS, Duration.ZERO);
        System.out.println(lease.claims());
        Files.createFile(signals.resolve("held"));
        Thread.sleep(Duration.ofMinutes(5).toMillis()); // it is killed before
      }
    } else {
      Files.createFile(signals.resolve("ready"));
      while (!Files.exists(signals.resolve("go"))) {
        Thread.sleep(2);
      }
      System.out.println("clashes " + race(lake, signals, "other"));
    }
  }

  private static Leases leases(Lake lake) {
    return new Leases(lake, Clock.systemUTC(), Duration.ofMinutes(5), () -> {});
  }

  /** Takes and gives back one lease many times; how often another was in the section too. */
  static int race(Lake lake, Path signals, String attempt) throws Exception {
    Path section = signals.resolve("section");
    RunKey key = TestLeases.KEY;
    int clashes = 0;
    try (Leases leases = leases(lake)) {
      for (int round = 0; round < ROUNDS; round++) {
        try (Lease lease =
            leases.acquire(key, attempt + round, List.of(one()), Duration.ofMinutes(2))) {
          lease.requireHeld();
          try {
            Files.createFile(section);
            Thread.sleep(1);
            Files.delete(section);
          } catch (FileAlreadyExistsException e) {
            clashes++;
          }
        } catch (MillraceException e) {
          throw new IllegalStateException("round " + round + ": " + e.getMessage(), e);
        }
      }
    }

    return clashes;
  }

  private static Claim one() {
    return TestLeases.CLAIMS.get(0);
  }
}
