package org.millrace.jobs.explain.shap;

/**
 * The rule of Gauss and Legendre with n points on (0, 1): exact for polynomials of degree 2n - 1.
 * Points are the roots of the Legendre polynomial, found by Newton's method from Tricomi's
 * approximation. Immutable.
 *
 * @param points between 0 and 1
 * @param weights positive, with sum 1
 */
@SuppressWarnings("ArrayRecordComponent") // read in inner loops; never changed after it is made
record GaussLegendre(double[] points, double[] weights) {
  private static final int MAX_ITERATIONS = 100;

  static GaussLegendre of(int count) {
    double[] points = new double[count];
    double[] weights = new double[count];
    for (int i = 0; i < count; i++) {
      double x = Math.cos(Math.PI * (i + 0.75) / (count + 0.5));
      double slope = 1;
      double step = 1;
      for (int round = 0; round < MAX_ITERATIONS && Math.abs(step) > 1e-16; round++) {
        double before = 1;
        double value = x;
        for (int degree = 2; degree <= count; degree++) {
          double next = ((2 * degree - 1) * x * value - (degree - 1) * before) / degree;
          before = value;
          value = next;
        }

        slope = count * (x * value - before) / (x * x - 1);
        step = value / slope;
        x -= step;
      }

      points[i] = (1 + x) / 2;
      weights[i] = 1 / ((1 - x * x) * slope * slope);
    }

    return new GaussLegendre(points, weights);
  }
}
