package org.millrace.jobs.score.onnx;

/** A missing value under a policy that rejects it; becomes a message that names the row. */
final class RejectedInput extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String column;
  private final int row;

  /**
   * @param column feature column
   * @param row position in the batch that was being filled
   */
  RejectedInput(String column, int row) {
    super("column " + column + " is missing in row " + row, null, false, false);
    this.column = column;
    this.row = row;
  }

  String column() {
    return column;
  }

  int row() {
    return row;
  }
}
