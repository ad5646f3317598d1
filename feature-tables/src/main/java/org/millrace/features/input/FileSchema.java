package org.millrace.features.input;

import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.types.StructType;

/**
 * How one file is to be read. Files with equal ones are read together. Driver only.
 *
 * @param columns of the file, all nullable, as Spark reads them
 * @param nanoseconds columns of {@code columns}, BIGINT, that count nanoseconds since 1970
 * @param options Spark's, that hold for this file
 */
record FileSchema(StructType columns, Set<String> nanoseconds, Map<String, String> options) {
  /** Copies the collections. */
  FileSchema {
    columns = columns.asNullable();
    nanoseconds = Set.copyOf(nanoseconds);
    options = Map.copyOf(options);
  }

  /** Of a file without more to say of. */
  static FileSchema of(StructType columns) {
    return new FileSchema(columns, Set.of(), Map.of());
  }
}
