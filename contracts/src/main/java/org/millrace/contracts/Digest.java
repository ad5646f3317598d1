package org.millrace.contracts;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;

/** SHA-256 (FIPS 180-4) as lower-case hex: of definitions, files, models and fingerprints. */
public final class Digest {
  private Digest() {}

  /** Of bytes in memory; 64 hex characters. */
  public static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(algorithm().digest(bytes));
  }

  /** Of the parts, each with its length, so that no two lists of parts run into one another. */
  public static String sha256(String... parts) {
    Running digest = new Running();
    for (String part : parts) {
      digest.add(part);
    }

    return digest.sha256();
  }

  /** {@link #sha256(String...)} of parts that come one after the other. Not thread-safe. */
  public static final class Running {
    private final MessageDigest digest = algorithm();

    /** Takes in the next part. */
    public void add(String part) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
      digest.update(bytes);
    }

    /** Of the parts so far; more may follow. */
    public String sha256() {
      try {
        return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
      } catch (CloneNotSupportedException e) {
        throw new IllegalStateException("SHA-256 of the JDK can be cloned", e);
      }
    }
  }

  /**
   * Of a file's bytes, read as a stream.
   *
   * @throws MillraceException INPUT_MISSING if the file cannot be read
   */
  public static String sha256(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return sha256(in);
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.INPUT_MISSING, "Cannot read " + file + ": " + Causes.words(e), e);
    }
  }

  /**
   * Of a file, of all files in a directory and below, or of those that a pattern names, without
   * reading them: names, sizes, modification times and, on systems that keep them, inode and change
   * time. The change time moves with each write and with each setting of the modification time, so
   * that files of equal size and modification time are still told apart.
   *
   * @throws MillraceException INPUT_MISSING if there is nothing to read
   */
  public static String listing(Path path) {
    List<String> parts = new ArrayList<>();
    Path log =
        path.resolve("_delta_log"); // of a Delta table: its data files may outlive their rows
    InputFiles input = InputFiles.list(Files.isDirectory(log) ? log : path);
    for (Path file : input.files()) {
      parts.add(input.base().relativize(file).toString());
      try {
        parts.add(stamp(file));
      } catch (IOException e) {
        throw new MillraceException(
            ErrorCategory.INPUT_MISSING, "Cannot read " + path + ": " + Causes.words(e), e);
      }
    }

    return sha256(parts.toArray(String[]::new));
  }

  /**
   * Of all that a stream still has; the caller closes it.
   *
   * @throws IOException if it cannot be read
   */
  public static String sha256(InputStream in) throws IOException {
    MessageDigest digest = algorithm();
    new DigestInputStream(in, digest).transferTo(OutputStream.nullOutputStream());
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String stamp(Path file) throws IOException {
    boolean isUnix = file.getFileSystem().supportedFileAttributeViews().contains("unix");
    String names = isUnix ? "unix:size,lastModifiedTime,ino,ctime" : "size,lastModifiedTime";
    return new TreeMap<>(Files.readAttributes(file, names)).toString();
  }

  private static MessageDigest algorithm() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
