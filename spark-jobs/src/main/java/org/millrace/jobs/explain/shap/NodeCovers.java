package org.millrace.jobs.explain.shap;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.jobs.score.onnx.trees.RawTrees;

/**
 * How many rows of a data set reach each leaf of each tree of a model, and so each node: an ONNX
 * file does not keep what its trainer knew. Counts are of rows, whatever weights a trainer gave
 * them. Immutable; kept as a text file beside a version of a model.
 *
 * @param model SHA-256 of the model's file
 * @param rows how many were counted
 * @param leaves by tree and leaf, in the order of the file; each tree's sum is {@code rows}
 */
@SuppressWarnings("ArrayRecordComponent") // copied when made and when read; compared by content
public record NodeCovers(String model, long rows, long[][] leaves) {
  private static final String FORM = "millrace-covers 1";

  /** Copies the counts; refuses those that do not sum to the rows. */
  public NodeCovers {
    requireNonNull(model, "model is null");
    leaves = copy(requireNonNull(leaves, "leaves is null"));
    for (int tree = 0; tree < leaves.length; tree++) {
      boolean isWhole = LongStream.of(leaves[tree]).allMatch(leaf -> leaf >= 0);
      if (!isWhole || LongStream.of(leaves[tree]).sum() != rows) {
        throw new IllegalArgumentException(
            "tree %d has counts that do not sum to its %d rows".formatted(tree, rows));
      }
    }
  }

  @Override
  public long[][] leaves() {
    return copy(leaves);
  }

  private static long[][] copy(long[][] leaves) {
    return Arrays.stream(leaves).map(long[]::clone).toArray(long[][]::new);
  }

  /**
   * As a text: a line with the form, lines with model and rows, a line with the counts of each
   * tree, and a line with the SHA-256 of all before it. Equal covers have equal texts.
   */
  public String toText() {
    String content =
        FORM
            + "\nmodel "
            + model
            + "\nrows "
            + rows
            + "\n"
            + Arrays.stream(leaves).map(NodeCovers::line).collect(Collectors.joining());
    return content + checksum(content) + "\n";
  }

  private static String line(long[] counts) {
    return LongStream.of(counts).mapToObj(Long::toString).collect(Collectors.joining(" ")) + "\n";
  }

  private static String checksum(String content) {
    return "sha256 " + Digest.sha256(content);
  }

  /**
   * Reads what {@link #toText} made.
   *
   * @param source what the text is, for the message
   * @throws MillraceException DATA_CONTRACT where the text is damaged, or of another form
   */
  public static NodeCovers parse(String text, String source) {
    int last = text.lastIndexOf("sha256 ");
    if (!text.startsWith(FORM + "\n")
        || last < 0
        || !text.substring(last).equals(checksum(text.substring(0, last)) + "\n")) {
      throw unread(source, "it is damaged, or of another form than '" + FORM + "'", null);
    }

    try {
      String[] lines = text.substring(0, last).split("\n", -1);
      return new NodeCovers(
          after("model ", lines[1]),
          Long.parseLong(after("rows ", lines[2])),
          Arrays.stream(lines, 3, lines.length - 1)
              .map(line -> Arrays.stream(line.split(" ", -1)).mapToLong(Long::parseLong).toArray())
              .toArray(long[][]::new));
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      throw unread(source, String.valueOf(e.getMessage()), e);
    }
  }

  private static String after(String word, String line) {
    if (!line.startsWith(word)) {
      throw new IllegalArgumentException("the line '" + line + "' does not begin with " + word);
    }

    return line.substring(word.length());
  }

  private static MillraceException unread(String source, String reason, @Nullable Throwable cause) {
    return new MillraceException(
        ErrorCategory.DATA_CONTRACT,
        "Cannot read the covers in %s: %s; count them again".formatted(source, reason),
        cause);
  }

  /**
   * Refuses another model's, those of no rows, and those of other trees.
   *
   * @param sha256 of the model's file
   * @throws MillraceException DATA_CONTRACT
   */
  void require(String sha256, RawTrees trees) {
    if (!model.equals(sha256)) {
      throw unfit("they are of the model %s vs %s".formatted(model, sha256));
    }

    if (rows < 1) {
      throw unfit("they are of 0 rows vs 1 or more");
    }

    int[] given = Arrays.stream(leaves).mapToInt(tree -> tree.length).toArray();
    int[] wanted = new int[trees.trees()];
    for (int tree = 0; tree < wanted.length; tree++) {
      wanted[tree] = trees.firstLeaf(tree + 1) - trees.firstLeaf(tree);
    }

    if (!Arrays.equals(given, wanted)) {
      throw unfit("they are of other trees than the model's");
    }
  }

  private static MillraceException unfit(String reason) {
    return new MillraceException(
        ErrorCategory.DATA_CONTRACT,
        "Cannot explain by these covers: %s; count the covers of this model".formatted(reason));
  }

  /**
   * Rows that reach each branch.
   *
   * @return by branch, as the trees number them
   */
  long[] branches(RawTrees trees) {
    long[] branches = new long[trees.branches()];
    for (int tree = 0; tree < trees.trees(); tree++) {
      reach(trees, trees.root(tree), leaves[tree], trees.firstLeaf(tree), branches);
    }

    return branches;
  }

  private static long reach(
      RawTrees trees, int reference, long[] counts, int first, long[] branches) {
    if (reference < 0) {
      return counts[~reference - first];
    }

    long reached =
        reach(trees, trees.inside(reference), counts, first, branches)
            + reach(trees, trees.outside(reference), counts, first, branches);
    branches[reference] = reached;
    return reached;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NodeCovers that
        && model.equals(that.model)
        && rows == that.rows
        && Arrays.deepEquals(leaves, that.leaves);
  }

  @Override
  public int hashCode() {
    return 31 * model.hashCode() + Arrays.deepHashCode(leaves);
  }

  @Override
  public String toString() {
    return "covers of %d rows in %d trees of the model %s".formatted(rows, leaves.length, model);
  }
}
