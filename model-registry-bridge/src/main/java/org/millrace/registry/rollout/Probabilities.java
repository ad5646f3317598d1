package org.millrace.registry.rollout;

/** Checks of probabilities and shares. */
final class Probabilities {
  private Probabilities() {}

  /**
   * @throws IllegalArgumentException if it is not between 0 and 1, both left out
   */
  static void requireInside(double value, String name) {
    if (!(value > 0 && value < 1)) {
      throw new IllegalArgumentException(
          "Cannot use %s %s: expected a number between 0 and 1".formatted(name, value));
    }
  }
}
