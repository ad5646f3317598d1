package org.millrace.jobs.explain.shap;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * Explains one partition, a block of rows at a time; holds at most one block. Made on the driver,
 * called on executors.
 */
final class ExplainRows implements MapPartitionsFunction<Row, Row> {
  private static final long serialVersionUID = 1L;

  private final Broadcast<ShapModel> model;
  private final int kept;

  /**
   * @param kept how many columns are handed on; the row for the trees comes behind them
   */
  ExplainRows(Broadcast<ShapModel> model, int kept) {
    this.model = model;
    this.kept = kept;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    return rows.hasNext() ? new Explained(rows, model.value(), kept) : Collections.emptyIterator();
  }

  private static final class Explained implements Iterator<Row> {
    private final Iterator<Row> rows;
    private final ShapModel model;
    private final int kept;
    private final TreeShap shap;
    private final double[] values;
    private final double[] contributions;
    private final double[] rawScores;
    private final List<Row> taken = new ArrayList<>();
    private int next;

    Explained(Iterator<Row> rows, ShapModel model, int kept) {
      this.rows = rows;
      this.model = model;
      this.kept = kept;
      shap = new TreeShap(model);
      values = new double[shap.blockRows() * model.features()];
      contributions = new double[values.length];
      rawScores = new double[shap.blockRows()];
    }

    @Override
    public boolean hasNext() {
      return next < taken.size() || rows.hasNext();
    }

    @Override
    public Row next() {
      if (next == taken.size()) {
        explainNextBlock();
      }

      Row row = taken.get(next);
      Object[] made = new Object[kept + 3];
      for (int at = 0; at < kept; at++) {
        made[at] = row.get(at);
      }

      int from = next * model.features();
      made[kept] = Arrays.copyOfRange(contributions, from, from + model.features());
      made[kept + 1] = model.base();
      made[kept + 2] = rawScores[next++];
      return RowFactory.create(made);
    }

    private void explainNextBlock() {
      taken.clear();
      next = 0;
      while (taken.size() < shap.blockRows() && rows.hasNext()) {
        Row row = rows.next();
        TreeRows.read(row, kept, values, taken.size() * model.features(), model.features());
        taken.add(row);
      }

      if (taken.isEmpty()) {
        throw new NoSuchElementException("No row is left in this partition");
      }

      shap.explain(values, taken.size(), contributions, rawScores);
    }
  }
}
