package org.millrace.jobs.score.onnx;

import java.util.Arrays;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.unsafe.Platform;

/** The kept columns of one batch of rows, packed one behind the other in memory used again. */
final class KeptRows {
  private final UnsafeRow row;
  private final int[] ends;
  private byte[] bytes;
  private int count;

  KeptRows(int fields, int capacity) {
    this.row = new UnsafeRow(fields);
    this.ends = new int[capacity];
    this.bytes = new byte[1024];
  }

  void clear() {
    count = 0;
  }

  /** Copies the row. */
  void add(UnsafeRow kept) {
    int start = start(count);
    int end = Math.addExact(start, kept.getSizeInBytes());
    if (end > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(end, Math.multiplyExact(bytes.length, 2)));
    }

    Platform.copyMemory(
        kept.getBaseObject(),
        kept.getBaseOffset(),
        bytes,
        Platform.BYTE_ARRAY_OFFSET + (long) start,
        kept.getSizeInBytes());
    ends[count++] = end;
  }

  /** A view; valid until the next call. */
  UnsafeRow row(int index) {
    int start = start(index);
    row.pointTo(bytes, Platform.BYTE_ARRAY_OFFSET + (long) start, ends[index] - start);
    return row;
  }

  private int start(int index) {
    return index == 0 ? 0 : ends[index - 1];
  }
}
