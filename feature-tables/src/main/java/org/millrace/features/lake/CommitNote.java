package org.millrace.features.lake;

import static java.util.Objects.requireNonNull;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.millrace.contracts.Json;
import org.millrace.contracts.TableVersion;

/**
 * What a commit says of itself in Delta's {@code userMetadata}.
 *
 * @param runKey the intent
 * @param attempt distinct for each try, so that a commit is known as ours when its history is read
 *     back
 * @param fingerprint of definition and inputs
 * @param inputs pinned tables that were read
 */
public record CommitNote(
    String runKey, String attempt, String fingerprint, List<TableVersion> inputs) {
  /** Copies the list. */
  public CommitNote {
    requireNonNull(runKey, "runKey is null");
    requireNonNull(attempt, "attempt is null");
    requireNonNull(fingerprint, "fingerprint is null");
    inputs = List.copyOf(inputs);
  }

  String toJson() {
    Map<String, Object> note = new LinkedHashMap<>();
    note.put("run_key", runKey);
    note.put("attempt", attempt);
    note.put("fingerprint", fingerprint);
    note.put("inputs", versions(inputs));
    return Json.write(note);
  }

  /** {@code {"raw.flights":12,...}}, as the ledger and prediction lineage keep it. */
  public static String versionsJson(Collection<TableVersion> tables) {
    return Json.write(versions(tables));
  }

  private static Map<String, Long> versions(Collection<TableVersion> tables) {
    Map<String, Long> versions = new LinkedHashMap<>();
    tables.forEach(table -> versions.put(table.table(), table.version()));
    return versions;
  }
}
