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
  /** What Spark could not read as a record: a column of text files, null where it could. */
  static final String UNREAD = "__millrace_unread";

  /** Spark's options by which it hands on what it cannot read. */
  static final Map<String, String> HANDING_ON =
      Map.of("mode", "PERMISSIVE", "columnNameOfCorruptRecord", UNREAD);

  /** Copies the collections. */
  FileSchema {
    columns = columns.asNullable();
    nanoseconds = Set.copyOf(nanoseconds);
    options = Map.copyOf(options);
  }

  /** Whether records that cannot be read are handed on. */
  boolean hasUnread() {
    return options.containsKey("columnNameOfCorruptRecord");
  }

  /** Of a file without more to say of. */
  static FileSchema of(StructType columns) {
    return new FileSchema(columns, Set.of(), Map.of());
  }
}
