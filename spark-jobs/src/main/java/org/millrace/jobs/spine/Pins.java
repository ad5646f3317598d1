package org.millrace.jobs.spine;

import java.time.LocalDate;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.millrace.contracts.TableVersion;

/**
 * The versions that a run reads, fixed at its start.
 *
 * @param tables by qualified name, in the order of reading
 * @param olderDays days among them that an older definition of their view made, by view
 */
public record Pins(Map<String, TableVersion> tables, Map<String, List<LocalDate>> olderDays) {
  /** What the counts of {@link #olderDays} are called on a result line, before the view's name. */
  public static final String OLDER_DAYS = "older_days.";

  /** Copies the maps, in their order. */
  public Pins {
    tables = Collections.unmodifiableMap(new LinkedHashMap<>(tables));
    olderDays = Collections.unmodifiableMap(new LinkedHashMap<>(olderDays));
  }

  /** The pinned version of a table. */
  public TableVersion of(String table) {
    TableVersion version = tables.get(table);
    if (version == null) {
      throw new IllegalArgumentException(
          "Cannot read " + table + ": it was not pinned, only " + tables.keySet());
    }

    return version;
  }

  /** The pinned version of a table that may be left out. */
  public Optional<TableVersion> find(String table) {
    return Optional.ofNullable(tables.get(table));
  }

  /** All, in order. */
  public List<TableVersion> all() {
    return List.copyOf(tables.values());
  }
}
