package org.millrace.jobs.check;

import java.util.List;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.ErrorCategory;
import org.millrace.jobs.failure.Ending;
import org.millrace.jobs.failure.Endings;

/**
 * Something wrong in a definition, or in what it names.
 *
 * @param place file, line and where it is known the column
 * @param category of what is wrong
 * @param what what was expected and what is there
 */
record Finding(String place, ErrorCategory category, String what) {
  /** Something wrong in the definition itself. */
  Finding(String place, String what) {
    this(place, ErrorCategory.DEFINITION, what);
  }

  /**
   * What a failure says, without a place in the SQL, as the finding has the place in the file. A
   * defect of Millrace is no finding: it is thrown on, to be reported with its trace.
   */
  static Finding of(String place, Exception failure) {
    Ending ending = Endings.of(failure);
    if (ending.category() == ErrorCategory.INTERNAL) {
      throw Finding.<RuntimeException>unchecked(failure);
    }

    return new Finding(
        place, ending.category(), ending.sentence().replaceFirst("; line \\d+ pos \\d+$", ""));
  }

  /** DEFINITION if a definition is wrong; otherwise the worst that is wrong with its files. */
  static ErrorCategory category(List<Finding> findings) {
    List<ErrorCategory> all = findings.stream().map(Finding::category).toList();
    if (all.contains(ErrorCategory.DEFINITION)) {
      return ErrorCategory.DEFINITION;
    }

    return all.stream().reduce((one, other) -> one.isWorseThan(other) ? one : other).orElseThrow();
  }

  /** Spark's checked exceptions are not declared in Java. */
  @SuppressWarnings("unchecked")
  private static <E extends Exception> RuntimeException unchecked(Exception failure) throws E {
    throw (E) failure;
  }

  /** The SQL does not yield a column that the definition names. */
  static Finding missing(String place, String column, StructType yielded) {
    return new Finding(
        place,
        "'sql' yields no column '%s'; it yields %s"
            .formatted(column, String.join(", ", yielded.fieldNames())));
  }

  /** The SQL yields a column of another type than it must have. */
  static Finding ofType(String place, String column, DataType found, String wanted) {
    return new Finding(
        place,
        "'%s' is %s where 'sql' makes it, and must be %s: cast it there"
            .formatted(column, found.sql(), wanted));
  }

  @Override
  public String toString() {
    return place + ": " + what;
  }
}
