package org.millrace.jobs.failure;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.millrace.contracts.ErrorCategory;

/** Disks, rights, hosts and object stores. */
final class StorageKinds {
  private static final String STORAGE = "the storage of the lake or of Spark's temporary files";
  private static final Pattern CALL = Pattern.compile("Call From \\S+ to (\\S+) failed");
  private static final Pattern ADDRESS =
      Pattern.compile("\\b([A-Za-z][\\w.-]*|\\d+(?:\\.\\d+){3})(?:/[\\d.]+)?:(\\d{1,5})\\b");
  private static final Pattern HOST_OF_URI = Pattern.compile("\\b(?:hdfs|https?)://([^/\\s]+)");

  static final List<Kind> FIRST =
      List.of(
          new Kind(
              cause ->
                  cause.says("No space left on device", "Disk quota exceeded")
                      || cause.isOneOf("DSQuotaExceededException", "NSQuotaExceededException"),
              ErrorCategory.EXTERNAL,
              (cause, chain) ->
                  "Cannot write to "
                      + Wording.pathOr(chain, STORAGE)
                      + ": no space is left; free some, then give the same command again"),
          new Kind(
              cause ->
                  cause.says("Read-only file system")
                      || cause.isOneOf("ReadOnlyFileSystemException"),
              ErrorCategory.EXTERNAL,
              (cause, chain) ->
                  "Cannot write to "
                      + Wording.pathOr(chain, STORAGE)
                      + ": the file system is read-only; mount it for writing"),
          new Kind(
              StorageKinds::isRefused,
              ErrorCategory.EXTERNAL,
              (cause, chain) ->
                  "Cannot use "
                      + Wording.pathOr(chain, STORAGE)
                      + ": permission is denied, or the file system takes no files there; check its"
                      + " owner, rights and mount"),
          new Kind(
              cause -> cause.isOneOf("UnknownHostException"),
              ErrorCategory.EXTERNAL,
              (cause, chain) ->
                  "Cannot reach host "
                      + Wording.plain(cause.message()).replaceFirst(":.*", "")
                      + ": its name is unknown; check the address and the name service"),
          new Kind(
              StorageKinds::isUnreachable,
              ErrorCategory.EXTERNAL,
              (cause, chain) ->
                  "Cannot reach "
                      + host(chain)
                      + ": "
                      + Wording.plain(chain.innermost().message()).replaceFirst(" ?-> .*", "")
                      + "; give the same command again when it answers"),
          new Kind(
              cause ->
                  cause.isOneOf("UnsupportedFileSystemException")
                      || (cause.isOneOf("ClassNotFoundException") && cause.says("FileSystem")),
              ErrorCategory.DEFINITION,
              (cause, chain) ->
                  "Cannot open the storage: "
                      + Wording.plain(cause.message())
                      + "; add its library to Spark, or use a path of another kind"));

  /** After all other kinds: input and output that failed in a way that is not known better. */
  static final List<Kind> LAST =
      List.of(
          new Kind(
              StorageKinds::isOfDatabase,
              ErrorCategory.EXTERNAL,
              (cause, chain) ->
                  "A database failed: "
                      + Wording.plain(cause.message())
                      + "; give the same command again"),
          new Kind(
              StorageKinds::isInputOutput,
              ErrorCategory.EXTERNAL,
              (cause, chain) ->
                  "Cannot use "
                      + Wording.pathOr(chain, STORAGE)
                      + ": "
                      + Wording.plain(cause.message())
                      + "; give the same command again when the storage is well"));

  private StorageKinds() {}

  /** Of a driver, in a task that reads its rows. */
  private static boolean isOfDatabase(Cause cause) {
    return cause.isOneOf(
        "SQLException",
        "SQLTransientException",
        "SQLNonTransientConnectionException",
        "SQLRecoverableException",
        "PSQLException");
  }

  private static boolean isRefused(Cause cause) {
    return cause.says("Permission denied", "Mkdirs failed to create", "Operation not permitted")
        || cause.isOneOf("AccessDeniedException", "AccessControlException")
        || cause.isError("DELTA_CANNOT_CREATE_LOG_PATH");
  }

  private static boolean isUnreachable(Cause cause) {
    return cause.isOneOf(
            "ConnectException",
            "NoRouteToHostException",
            "SocketException",
            "SocketTimeoutException",
            "ConnectTimeoutException",
            "HttpTimeoutException",
            "HttpConnectTimeoutException")
        || cause.says("Connection refused", "Connection reset", "Connection timed out");
  }

  private static String host(CauseChain chain) {
    for (Cause cause : chain.causes()) {
      Optional<String> host =
          cause.find(CALL, 1).or(() -> cause.find(HOST_OF_URI, 1)).or(() -> cause.find(ADDRESS, 0));
      if (host.isPresent() && !TaskText.isAbortedJob(cause.message())) {
        return host.get();
      }
    }

    return "another system";
  }

  private static boolean isInputOutput(Cause cause) {
    return cause.throwable().filter(java.io.IOException.class::isInstance).isPresent()
        || cause.simpleType().endsWith("IOException")
        || cause.isOneOf("FSError", "RemoteException", "UncheckedIOException")
        || cause.type().startsWith("com.amazonaws.")
        || cause.type().startsWith("software.amazon.awssdk.")
        || cause.type().startsWith("org.apache.hadoop.fs.s3a.");
  }
}
