package org.millrace.bench;

import java.util.Map;
import java.util.function.Supplier;
import org.millrace.bench.run.Check;
import org.millrace.bench.run.Contestant;
import org.millrace.bench.run.Round;

/** A contender whose every answer is the first of a process. */
final class FreshEachRound implements Contestant {
  private final String name;
  private final Supplier<? extends Contestant> starting;

  /**
   * @param starting a process that is not yet started
   */
  FreshEachRound(String name, Supplier<? extends Contestant> starting) {
    this.name = name;
    this.starting = starting;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Map<String, String> start() {
    try (Contestant fresh = starting.get()) {
      return fresh.start();
    }
  }

  @Override
  public Check check() {
    try (Contestant fresh = starting.get()) {
      fresh.start();
      return fresh.check();
    }
  }

  @Override
  public Round round() {
    try (Contestant fresh = starting.get()) {
      fresh.start();
      return fresh.round();
    }
  }

  /** Nothing of it lives between two answers. */
  @Override
  public void close() {}
}
