package org.millrace.jobs.init;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.types.DataType;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.features.input.WiderType;
import org.millrace.jobs.init.SeenTable.SeenColumn;

/** Types that hold the keys of a spine and of all that is joined to it, as they are. */
final class KeyTypes {
  private final SeenTable spine;
  private final Map<String, DataType> types = new LinkedHashMap<>();

  KeyTypes(SeenTable spine) {
    this.spine = spine;
  }

  /**
   * Takes a key in.
   *
   * @param option that named it
   * @param ours column of the spine
   * @throws MillraceException of category DEFINITION if no type holds the values of both
   */
  void add(String option, SeenColumn ours, SeenTable other, SeenColumn theirs) {
    DataType so = types.getOrDefault(ours.name(), ours.type());
    types.put(
        ours.name(),
        WiderType.of(so, theirs.type())
            .orElseThrow(
                () ->
                    new MillraceException(
                        ErrorCategory.DEFINITION,
                        "Cannot use %s: '%s' of %s is %s and '%s' of %s is %s, so that 7 and 007 may be two keys or one; make both alike in the files"
                            .formatted(
                                option,
                                ours.original(),
                                spine.location(),
                                ours.type().sql(),
                                theirs.original(),
                                other.location(),
                                theirs.type().sql()))));
  }

  /** By column of the spine; of keys alone. */
  Map<String, DataType> all() {
    return Map.copyOf(types);
  }

  /** The type of a key. */
  DataType of(String column) {
    DataType type = types.get(column);
    return type == null ? spine.column("--id", column).type() : type;
  }
}
