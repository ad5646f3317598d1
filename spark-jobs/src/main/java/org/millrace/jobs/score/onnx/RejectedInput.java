package org.millrace.jobs.score.onnx;

/** A value that the model cannot be given; becomes a message that names the row. */
final class RejectedInput extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String column;
  private final int row;
  private final String is;
  private final String why;

  /**
   * A missing value under a policy that rejects it.
   *
   * @param column feature column
   * @param row position in the batch that was being filled
   */
  RejectedInput(String column, int row) {
    this(
        column,
        row,
        "is null or NaN",
        "no value is defined that the model gets in its place; fill it before, or define one (score-file: --null %s=VALUE; a pipeline: nulls: impute in conf/scoring, for numbers)"
            .formatted(column));
  }

  private RejectedInput(String column, int row, String is, String why) {
    super("column " + column + " " + is + " in row " + row, null, false, false);
    this.column = column;
    this.row = row;
    this.is = is;
    this.why = why;
  }

  /** A value that the element type of the model's input cannot hold. */
  static RejectedInput unfit(String column, int row, Object value, String element) {
    return new RejectedInput(
        column,
        row,
        "is " + value,
        "the model's input is " + element + ", which cannot hold it; correct the value");
  }

  String column() {
    return column;
  }

  int row() {
    return row;
  }

  /** What it is there, such as {@code is null or NaN}. */
  String is() {
    return is;
  }

  /** Why that cannot be given to the model, and what to do. */
  String why() {
    return why;
  }
}
