package org.millrace.jobs.failure;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.millrace.contracts.ErrorCategory;

/** Lost races between commits, and logs of tables that are damaged. */
final class DeltaKinds {
  private static final Pattern RACE =
      Pattern.compile("Exception: (.+?by a concurrent update|.+?)(?:\\. |\\n|$)");

  static final List<Kind> ALL =
      List.of(
          new Kind(
              DeltaKinds::isRace,
              ErrorCategory.BUSY,
              (cause, chain) ->
                  "Cannot commit"
                      + Wording.table(chain).map(table -> " to " + table).orElse("")
                      + ": another run committed the same rows first ("
                      + cause.find(RACE, 1).orElse(Wording.plain(cause.message()))
                      + "); give the same command again when that run has ended"),
          new Kind(
              DeltaKinds::isDamage,
              ErrorCategory.DATA_CONTRACT,
              (cause, chain) ->
                  damage(chain, Wording.plain(cause.message()).replaceFirst("^\\S+\\.json: ", ""))),
          new Kind(
              cause -> FileKinds.isBroken(cause) && cause.message().contains("/_delta_log/"),
              ErrorCategory.DATA_CONTRACT,
              (cause, chain) ->
                  damage(chain, Wording.pathOr(chain, "a file of its log") + " is broken")));

  private DeltaKinds() {}

  private static boolean isRace(Cause cause) {
    return cause.isError("DELTA_CONCURRENT_", "DELTA_METADATA_CHANGED", "DELTA_PROTOCOL_CHANGED")
        || cause.isOneOf(
            "ConcurrentAppendException",
            "ConcurrentDeleteReadException",
            "ConcurrentDeleteDeleteException",
            "ConcurrentTransactionException",
            "ConcurrentWriteException",
            "MetadataChangedException",
            "ProtocolChangedException")
        || (cause.isOneOf("FileAlreadyExistsException") && cause.says("/_delta_log/"));
  }

  private static boolean isDamage(Cause cause) {
    return cause.isError(
            "DELTA_VERSIONS_NOT_CONTIGUOUS",
            "DELTA_TRUNCATED_TRANSACTION_LOG",
            "DELTA_LOG_FILE_NOT_FOUND",
            "DELTA_MISSING_PART_FILES",
            "DELTA_CHECKPOINT_",
            "DELTA_STATE_RECOVER_ERROR",
            "DELTA_TXN_LOG_FAILED_INTEGRITY",
            "DELTA_NO_COMMITS_FOUND",
            "DELTA_EMPTY_DIRECTORY",
            "DELTA_TABLE_NOT_FOUND")
        || cause.isOneOf("VersionNotFoundException");
  }

  private static String damage(CauseChain chain, String what) {
    Optional<String> table = Wording.table(chain);
    return "Cannot read "
        + table.map(path -> "the table at " + path).orElse("a table")
        + ": its Delta log is damaged: "
        + what
        + "; restore the table from a backup"
        + (table.isPresent() ? "" : ", `millrace doctor --lake` shows which it is");
  }
}
