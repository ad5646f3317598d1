package org.millrace.jobs.score.onnx.trees;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Scores batches block by block with one engine. For one thread. */
final class ForestScorer implements TreeScorer {
  private final TreeModel model;
  private final int maxRows;
  private final Engine.Run run;
  private final Totals totals;
  private final Finish finish;
  private final int block;
  private final Rows.FloatMatrix floatMatrix;
  private final Rows.DoubleMatrix doubleMatrix;
  private final float[][] floats;
  private final double[][] doubles;
  private final long[][] longs;

  ForestScorer(TreeModel model, Engine engine, int maxRows) {
    if (maxRows < 1) {
      throw new IllegalArgumentException(
          "Cannot score batches of " + maxRows + " rows: at least 1");
    }

    this.model = model;
    this.maxRows = maxRows;
    Ensemble ensemble = model.ensemble();
    block = engine.blockRows();
    run = engine.run();
    totals = Totals.of(ensemble, engine.leafValues(), block);
    finish = new Finish(ensemble);
    floatMatrix = new Rows.FloatMatrix(ensemble.doubles() ? 0 : model.features(), block);
    doubleMatrix = new Rows.DoubleMatrix(ensemble.doubles() ? model.features() : 0, block);
    List<TreeOutput> outputs = model.outputs();
    floats = new float[outputs.size()][];
    doubles = new double[outputs.size()][];
    longs = new long[outputs.size()][];
    for (int at = 0; at < outputs.size(); at++) {
      int size = Math.multiplyExact(maxRows, outputs.get(at).width());
      switch (outputs.get(at).kind()) {
        case FLOAT -> floats[at] = new float[size];
        case DOUBLE -> doubles[at] = new double[size];
        case INT64, LABEL -> longs[at] = new long[size];
      }
    }
  }

  @Override
  public void score(float[][] columns, int offset, int rows) {
    require(false, columns.length, rows);
    score(new Rows.Columns<>(columns, offset), rows);
  }

  @Override
  public void score(FloatBuffer rowMajor, int rows) {
    require(false, model.features(), rows);
    score(floatMatrix.over(rowMajor), rows);
  }

  @Override
  public void score(double[][] columns, int offset, int rows) {
    require(true, columns.length, rows);
    score(new Rows.Columns<>(columns, offset), rows);
  }

  @Override
  public void score(DoubleBuffer rowMajor, int rows) {
    require(true, model.features(), rows);
    score(doubleMatrix.over(rowMajor), rows);
  }

  private void require(boolean asDoubles, int columns, int rows) {
    if (asDoubles != model.ensemble().doubles()) {
      throw new IllegalStateException(
          "Cannot score " + (asDoubles ? "doubles" : "floats") + ": the model takes the other");
    }

    if (columns != model.features() || rows < 0 || rows > maxRows) {
      throw new IllegalArgumentException(
          "Cannot score %d rows of %d columns vs at most %d of %d"
              .formatted(rows, columns, maxRows, model.features()));
    }
  }

  private void score(Rows<?> batch, int rows) {
    for (int from = 0; from < rows; from += block) {
      int count = Math.min(block, rows - from);
      batch.block(from, count);
      totals.clear();
      run.block(batch, count, totals);
      write(from, count);
    }
  }

  private void write(int from, int count) {
    List<Suffix> suffixes = model.suffixes();
    for (int row = 0; row < count; row++) {
      long label = finish.row(totals, row);
      for (int output = 0; output < suffixes.size(); output++) {
        Suffix suffix = suffixes.get(output);
        if (suffix.label()) {
          longs[output][from + row] = label;
        } else {
          writeScores(output, suffix, from + row);
        }
      }
    }
  }

  private void writeScores(int output, Suffix suffix, int row) {
    int width = suffix.output().width();
    for (int target = 0, at = row * width; target < width; target++, at++) {
      double score = finish.score(target);
      if (suffix.output().kind() == TreeOutput.Kind.DOUBLE) {
        doubles[output][at] = score;
      } else {
        float value = (float) score;
        for (int step = 0; step < suffix.sigmoids(); step++) {
          value = Floats.sigmoid(value);
        }

        floats[output][at] = value;
      }
    }
  }

  @Override
  public float[] floats(int output) {
    return kept(floats[output], output);
  }

  @Override
  public double[] doubles(int output) {
    return kept(doubles[output], output);
  }

  @Override
  public long[] longs(int output) {
    return kept(longs[output], output);
  }

  private <A> A kept(@Nullable A values, int output) {
    if (values == null) {
      throw new IllegalStateException(
          "Cannot read output "
              + output
              + " in this way: it is of "
              + model.outputs().get(output).kind());
    }

    return values;
  }
}
