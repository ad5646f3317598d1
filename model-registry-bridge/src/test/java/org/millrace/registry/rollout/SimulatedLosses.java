package org.millrace.registry.rollout;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * Losses of rows on days that differ: base rates and what a model does not know (weather) are drawn
 * once a day, for both arms. Log losses are those of a calibrated model, with a skewness of about
 * 2.1 and a variance of about 0.30.
 */
final class SimulatedLosses {
  private static final LocalDate FIRST = LocalDate.of(2013, 1, 1);

  private final SplittableRandom random;

  SimulatedLosses(long seed) {
    random = new SplittableRandom(seed);
  }

  /**
   * What the rows of one day share.
   *
   * @param base mean of the logits
   * @param surprise by what the odds differ from those of the model
   */
  record Weather(double base, double surprise) {}

  Weather weather() {
    return new Weather(-1.3 + 0.7 * random.nextGaussian(), Math.exp(0.7 * random.nextGaussian()));
  }

  double logLoss(Weather weather) {
    double odds = Math.exp(weather.base() + random.nextGaussian());
    boolean isLate = random.nextDouble() < 1 / (1 + 1 / (odds * weather.surprise()));
    return Math.log(1 + (isLate ? 1 / odds : odds));
  }

  /** 1 for about two rows in a hundred, else 0: skewness about 7. */
  double rareError(Weather weather) {
    return random.nextDouble() < 0.02 * Math.sqrt(weather.surprise()) ? 1 : 0;
  }

  /** Logarithms are normal: skewness above 6. */
  double heavyTail(Weather weather) {
    return weather.surprise() * Math.exp(random.nextGaussian());
  }

  LossSums sums(int rows, ToDoubleFunction<Weather> losses, Weather weather) {
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < rows; i++) {
      double loss = losses.applyAsDouble(weather);
      sum += loss;
      squares += loss * loss;
    }

    return new LossSums(rows, sum, squares);
  }

  /** Days of two arms without a difference, each row assigned by itself. */
  List<ArmDay> days(int days, int rowsADay, double share, ToDoubleFunction<Weather> losses) {
    return days(days, rowsADay, earlier -> share, losses);
  }

  /** The treatment's share of a day follows from the earlier ones. */
  List<ArmDay> days(
      int days,
      int rowsADay,
      ToDoubleFunction<List<ArmDay>> shares,
      ToDoubleFunction<Weather> losses) {
    List<ArmDay> result = new ArrayList<>();
    for (int day = 0; day < days; day++) {
      double share = shares.applyAsDouble(result);
      int treatment = 0;
      for (int i = 0; i < rowsADay; i++) {
        treatment += random.nextDouble() < share ? 1 : 0;
      }

      Weather weather = weather();
      result.add(
          new ArmDay(
              FIRST.plusDays(day),
              sums(rowsADay - treatment, losses, weather),
              sums(treatment, losses, weather)));
    }

    return result;
  }

  /** The same days where each loss of the treatment is larger by that much. */
  static List<ArmDay> shifted(List<ArmDay> days, double by) {
    return days.stream()
        .map(day -> new ArmDay(day.day(), day.control(), shifted(day.treatment(), by)))
        .toList();
  }

  static LossSums shifted(LossSums sums, double by) {
    return new LossSums(
        sums.rows(),
        sums.sum() + sums.rows() * by,
        sums.squares() + 2 * by * sums.sum() + sums.rows() * by * by);
  }
}
