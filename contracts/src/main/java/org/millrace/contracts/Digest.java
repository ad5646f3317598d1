package org.millrace.contracts;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

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

  /** Of a file's bytes, read as a stream. */
  public static String sha256(Path file) {
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
