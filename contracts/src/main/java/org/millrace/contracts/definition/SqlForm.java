package org.millrace.contracts.definition;

/**
 * Brings SQL into its canonical form. A port: definitions are read where there is no SQL parser,
 * too.
 *
 * <p>Thread-safe; needs no Spark session.
 */
public interface SqlForm {
  /**
   * For programs that compare no definitions: leaves SQL as it is written, so that each change
   * counts.
   */
  SqlForm AS_WRITTEN =
      new SqlForm() {
        @Override
        public String query(String sql) {
          return sql;
        }

        @Override
        public String condition(String sql) {
          return sql;
        }
      };

  /** The canonical form of a query; the text itself if it cannot be parsed. */
  String query(String sql);

  /** The canonical form of a condition; the text itself if it cannot be parsed. */
  String condition(String sql);
}
