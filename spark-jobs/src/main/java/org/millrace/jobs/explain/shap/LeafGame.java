package org.millrace.jobs.explain.shap;

import java.util.Arrays;

/**
 * What one leaf contributes to the columns on its way, for a block of rows. For one thread.
 *
 * <p>A leaf is a game among the columns of its way: with a set S of them known, its value v counts
 * with the product over S of o (1 where the row takes the way at that column, else 0) and over all
 * others of their share z. The Shapley value of column j is
 *
 * <pre>v (o_j - z_j) sum over S without j of |S|! (D - 1 - |S|)! / D! prod_S o prod_others z</pre>
 *
 * <p>and the weight of S is the integral from 0 to 1 of {@code t^|S| (1 - t)^(D - 1 - |S|)}, so
 * that the sum is the integral of the product over all k but j of {@code o_k t + z_k (1 - t)}: a
 * polynomial of degree D - 1, which the rule of Gauss and Legendre with D / 2 points integrates
 * exactly. These are the numbers of Algorithm 2 of Lundberg, Erion and Lee ("Consistent
 * individualized feature attribution for tree ensembles", 2018), without its divisions: all terms
 * are of one sign, also where shares are 0.
 *
 * <p>Rows that take the way at the same columns have the same contributions: they are played once a
 * block, and looked up by the bits of the columns (the idea of Fast TreeSHAP v2, Yang 2021).
 */
final class LeafGame {
  /** Most columns of a way whose games are kept in a table: 2^12 of 12 numbers are 384 KiB. */
  private static final int MAX_KEPT = 12;

  /** By points. */
  private final GaussLegendre[] rules;

  private final double[] taken;
  private final double[] factors;
  private final double[] before;
  private final double[] effects;

  /** By entry and bits, {@code entry << size | bits}. */
  private final double[] table;

  /** By bits: the number of the leaf for which the table has them. */
  private final int[] played;

  private int leaf;

  /**
   * @param entries most columns of a way
   */
  LeafGame(int entries) {
    int kept = Math.min(entries, MAX_KEPT);
    rules = new GaussLegendre[(entries + 1) / 2 + 1];
    for (int points = 0; points < rules.length; points++) {
      rules[points] = GaussLegendre.of(points);
    }

    taken = new double[entries];
    factors = new double[entries];
    before = new double[entries];
    effects = new double[entries];
    table = new double[(1 << kept) * kept];
    played = new int[1 << kept];
  }

  /**
   * Adds a leaf's contributions.
   *
   * @param path the way to it
   * @param value what it adds to the raw score
   * @param sums by column and row
   */
  void add(PathLevel path, double value, double[][] sums, int rows) {
    if (path.size == 0) {
      return; // a tree of one leaf adds the same to every row
    }

    if (path.size <= MAX_KEPT) {
      addKept(path, value, sums, rows);
    } else {
      addEach(path, value, sums, rows);
    }
  }

  private void addKept(PathLevel path, double value, double[][] sums, int rows) {
    int size = path.size;
    int[] bits = path.words[0];
    begin();
    for (int row = 0; row < rows; row++) {
      if (played[bits[row]] != leaf) {
        played[bits[row]] = leaf;
        keep(path, value, bits[row]);
      }
    }

    for (int entry = 0; entry < size; entry++) {
      add(table, entry << size, bits, sums[path.columns[entry]], rows);
    }
  }

  private void begin() {
    if (++leaf == 0) { // all numbers have been used
      Arrays.fill(played, 0);
      leaf = 1;
    }
  }

  private void keep(PathLevel path, double value, int bits) {
    int size = path.size;
    for (int entry = 0; entry < size; entry++) {
      taken[entry] = bits >>> entry & 1;
    }

    play(path.shares, size, value);
    for (int entry = 0; entry < size; entry++) {
      table[entry << size | bits] = effects[entry];
    }
  }

  private static void add(double[] table, int from, int[] bits, double[] sums, int rows) {
    for (int row = 0; row < rows; row++) {
      sums[row] += table[from + bits[row]];
    }
  }

  private void addEach(PathLevel path, double value, double[][] sums, int rows) {
    for (int row = 0; row < rows; row++) {
      for (int entry = 0; entry < path.size; entry++) {
        int word = path.words[entry / PathLevel.WORD][row];
        taken[entry] = word >>> entry % PathLevel.WORD & 1;
      }

      play(path.shares, path.size, value);
      for (int entry = 0; entry < path.size; entry++) {
        sums[path.columns[entry]][row] += effects[entry];
      }
    }
  }

  /** Fills the effects from what is taken. */
  private void play(double[] shares, int size, double value) {
    GaussLegendre rule = rules[(size + 1) / 2];
    Arrays.fill(effects, 0, size, 0);
    for (int point = 0; point < rule.points().length; point++) {
      double known = rule.points()[point];
      double product = rule.weights()[point] * value;
      for (int entry = 0; entry < size; entry++) {
        factors[entry] = taken[entry] * known + shares[entry] * (1 - known);
        before[entry] = product;
        product *= factors[entry];
      }

      double after = 1;
      for (int entry = size - 1; entry >= 0; entry--) {
        effects[entry] += before[entry] * after;
        after *= factors[entry];
      }
    }

    for (int entry = 0; entry < size; entry++) {
      effects[entry] *= taken[entry] - shares[entry];
    }
  }
}
