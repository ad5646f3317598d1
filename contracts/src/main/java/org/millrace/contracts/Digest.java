package org.millrace.contracts;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** SHA-256 (FIPS 180-4) as lower-case hex: of definitions, files, models and fingerprints. */
public final class Digest {
  private Digest() {}

  /** Of bytes in memory; 64 hex characters. */
  public static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(algorithm().digest(bytes));
  }

  /** Of the parts, each with its length, so that no two lists of parts run into one another. */
  public static String sha256(String... parts) {
    MessageDigest digest = algorithm();
    for (String part : parts) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
      digest.update(bytes);
    }

    return HexFormat.of().formatHex(digest.digest());
  }

  /**
   * Of a file's bytes, read as a stream; of a directory, the names and bytes of all files in it and
   * below, but for those that Spark does not read either: hidden ones and those with an underscore
   * in front.
   *
   * @throws MillraceException INPUT_MISSING where there is nothing to read
   */
  public static String sha256(Path path) {
    return Files.isDirectory(path) ? ofDirectory(path) : ofFile(path);
  }

  private static String ofDirectory(Path directory) {
    List<String> parts = new ArrayList<>();
    try (Stream<Path> below = Files.walk(directory)) {
      for (Path file : below.filter(Files::isRegularFile).sorted().toList()) {
        Path name = directory.relativize(file);
        if (isRead(name)) {
          parts.add(name.toString());
          parts.add(ofFile(file));
        }
      }
    } catch (IOException | UncheckedIOException e) {
      throw new MillraceException(
          ErrorCategory.INPUT_MISSING, "Cannot read " + directory + ": " + e, e);
    }

    if (parts.isEmpty()) {
      throw new MillraceException(
          ErrorCategory.INPUT_MISSING,
          "Cannot read " + directory + ": no file is in it; run again when its files have arrived");
    }

    return sha256(parts.toArray(String[]::new));
  }

  private static boolean isRead(Path name) {
    for (Path part : name) {
      if (part.toString().startsWith("_") || part.toString().startsWith(".")) {
        return false;
      }
    }

    return true;
  }

  private static String ofFile(Path file) {
    MessageDigest digest = algorithm();
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(java.io.OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new MillraceException(ErrorCategory.INPUT_MISSING, "Cannot read " + file + ": " + e, e);
    }

    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest algorithm() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
