package org.millrace.jobs.files;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.millrace.contracts.Json;
import org.millrace.contracts.files.OutputMark;
import org.millrace.contracts.files.OutputRequest.Format;

/**
 * What is at the path of an output, and whether it may be replaced: nothing, an empty directory, or
 * what a former call wrote and what is unchanged since. Looks anew at each question. Driver only.
 */
final class OutputPlace {
  private static final String DELTA_LOG = "_delta_log";
  private static final int NAMED = 3;

  /** Names that Delta gives; what else is beside them is another's. */
  private static final String OF_DELTA =
      "_delta_log|_change_data|part-.*|deletion_vector_.*|_millrace\\.json";

  private final FileSystem files;
  private final Path path;

  OutputPlace(FileSystem files, Path path) {
    this.files = files;
    this.path = path;
  }

  /** True if anything is there, also an empty directory. */
  boolean isTaken() throws IOException {
    return files.exists(path) || isLink();
  }

  /** True if a Delta table is there. */
  boolean isDelta() throws IOException {
    return files.exists(new Path(path, DELTA_LOG));
  }

  /**
   * Why an output of this format must not replace what is there, as a clause with a verb; empty if
   * it may.
   */
  Optional<String> obstacle(Format format) throws IOException {
    if (isLink()) {
      return Optional.of("it is a symbolic link to " + RealPaths.local(path).toRealPath());
    }

    if (!files.exists(path)) {
      return Optional.empty();
    }

    if (!files.getFileStatus(path).isDirectory()) {
      return Optional.of("it is a file, not a directory of rows");
    }

    List<String> names = names(path);
    if (names.isEmpty()) {
      return Optional.empty();
    }

    return names.contains(DELTA_LOG) ? obstacleInDelta(names, format) : obstacleInFiles(names);
  }

  private Optional<String> obstacleInDelta(List<String> names, Format format) throws IOException {
    Optional<Path> newest =
        Arrays.stream(files.listStatus(new Path(path, DELTA_LOG)))
            .map(FileStatus::getPath)
            .filter(file -> file.getName().matches("[0-9]{20}\\.json"))
            .max(Comparator.comparing(Path::getName));
    if (newest.isEmpty() || note(newest.get()).flatMap(OutputMark::read).isEmpty()) {
      return Optional.of(
          "it is a Delta table whose newest commit carries no mark of asof or score-file");
    }

    // a Delta table is replaced by a commit, which leaves other files alone
    List<String> others = names.stream().filter(name -> !name.matches(OF_DELTA)).toList();
    return format == Format.DELTA || others.isEmpty()
        ? Optional.empty()
        : Optional.of("beside its Delta table there " + count(others));
  }

  private Optional<String> obstacleInFiles(List<String> names) throws IOException {
    Path file = new Path(path, OutputMark.FILE);
    Optional<OutputMark> mark =
        names.contains(OutputMark.FILE) ? OutputMark.read(text(file)) : Optional.empty();
    if (mark.isEmpty()) {
      return Optional.of(
          "there " + count(names) + " and no mark of asof or score-file (" + OutputMark.FILE + ")");
    }

    Set<String> own = Set.copyOf(mark.get().files());
    List<String> others =
        names.stream()
            .filter(name -> !name.equals(OutputMark.FILE) && !own.contains(name))
            .toList();
    return others.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "beside the rows of a former " + mark.get().command() + " there " + count(others));
  }

  private static String count(List<String> names) {
    String first = String.join(", ", names.stream().sorted().limit(NAMED).toList());
    return (names.size() == 1 ? "is 1 entry (" : "are " + names.size() + " entries (")
        + first
        + (names.size() > NAMED ? ", ...)" : ")");
  }

  /** The names in a directory. */
  List<String> names(Path directory) throws IOException {
    List<String> names = new ArrayList<>();
    for (FileStatus entry : files.listStatus(directory)) {
      names.add(entry.getPath().getName());
    }

    return names;
  }

  private boolean isLink() {
    return RealPaths.isLocal(files) && Files.isSymbolicLink(RealPaths.local(path));
  }

  private Optional<String> note(Path commit) throws IOException {
    for (String action : text(commit).lines().toList()) {
      JsonNode note = Json.MAPPER.readTree(action).at("/commitInfo/userMetadata");
      if (note.isTextual()) {
        return Optional.of(note.asText());
      }
    }

    return Optional.empty();
  }

  private String text(Path file) throws IOException {
    try (InputStream in = files.open(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
