package org.millrace.jobs.doctor;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.millrace.contracts.Json;
import org.millrace.contracts.Partition;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.features.lake.DataFiles;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.TableLog;
import org.millrace.features.ledger.Ledger;
import org.millrace.jobs.doctor.Finding.Kind;
import org.millrace.jobs.room.Failures;

/**
 * Looks whether what training sets and models were made from can still be read, so that they can be
 * made again and explained. Driver only.
 */
final class CheckPins {
  private final Lake lake;
  private final Ledger ledger;
  private final Map<TableVersion, Optional<String>> looked = new HashMap<>();

  CheckPins(Lake lake, Ledger ledger) {
    this.lake = requireNonNull(lake, "lake is null");
    this.ledger = requireNonNull(ledger, "ledger is null");
  }

  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    for (String object : ledger.objects()) {
      LedgerEntry entry = ledger.partitions(object).get(Partition.whole());
      if (entry != null) {
        findings.addAll(ofEntry(entry));
      }
    }

    return findings;
  }

  private List<Finding> ofEntry(LedgerEntry entry) {
    List<Finding> findings = new ArrayList<>();
    inputs(entry)
        .forEach(
            pin ->
                looked
                    .computeIfAbsent(pin, this::whyGone)
                    .ifPresent(
                        why ->
                            findings.add(
                                new Finding(
                                    Kind.PIN_GONE,
                                    entry.object(),
                                    "",
                                    "was made from " + pin + ", and that pin is gone: " + why,
                                    "it stays usable and cannot be made again as it was; restore"
                                        + " the table, or "
                                        + Remedy.makeAgain(entry.runKey(), List.of())))));
    return findings;
  }

  private List<TableVersion> inputs(LedgerEntry entry) {
    List<TableVersion> inputs = new ArrayList<>();
    Map<?, ?> versions = Json.read(entry.inputVersions(), Map.class);
    versions.forEach(
        (table, version) -> {
          if (version instanceof Number number) {
            String name = String.valueOf(table);
            inputs.add(new TableVersion(name, lake.path(name), number.longValue()));
          }
        });
    return inputs;
  }

  private Optional<String> whyGone(TableVersion pin) {
    Optional<TableVersion> current = lake.current(pin.table());
    if (current.isEmpty() || current.get().version() < pin.version()) {
      return Optional.of(
          current.isEmpty()
              ? "there is no such table"
              : "the table ends at v" + current.get().version());
    }

    try {
      List<DataFiles.Lost> lost =
          TableLog.of(lake.spark(), pin.path()).dataFiles(pin.version()).lost();
      return lost.isEmpty()
          ? Optional.empty()
          : Optional.of(lost.size() + " data files are lost, the first is " + lost.get(0));
    } catch (Exception e) { // Scala throws checked exceptions without declaring them
      return Optional.of(Failures.ending(e).sentence());
    }
  }
}
