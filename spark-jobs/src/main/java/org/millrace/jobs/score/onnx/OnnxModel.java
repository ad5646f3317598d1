package org.millrace.jobs.score.onnx;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import org.millrace.contracts.Causes;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * An ONNX model as bytes, with the name, version and SHA-256 that the registry knows it by.
 * Immutable; made on the driver, broadcast to executors. A plain class: Kryo cannot read records.
 */
public final class OnnxModel implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String name;
  private final String version;
  private final String sha256;
  private final byte[] bytes;

  private OnnxModel(String name, String version, String sha256, byte[] bytes) {
    this.name = requireNonNull(name, "name is null");
    this.version = requireNonNull(version, "version is null");
    this.sha256 = requireNonNull(sha256, "sha256 is null");
    this.bytes = requireNonNull(bytes, "bytes is null");
  }

  /**
   * A model of which the registry's SHA-256 is known; compared before the model is opened, on the
   * driver and again on each executor.
   *
   * @param sha256 64 lower-case hex characters
   * @param bytes not copied: leave them alone afterwards
   */
  public static OnnxModel of(String name, String version, String sha256, byte[] bytes) {
    return new OnnxModel(name, version, sha256, bytes);
  }

  /** A model that was just made here: its SHA-256 is that of the bytes. */
  public static OnnxModel of(String name, String version, byte[] bytes) {
    return new OnnxModel(name, version, Digest.sha256(bytes), bytes);
  }

  /**
   * Reads the file on the driver.
   *
   * @throws MillraceException INPUT_MISSING where the file cannot be read
   */
  public static OnnxModel read(String name, String version, String sha256, Path file) {
    try {
      return of(name, version, sha256, Files.readAllBytes(file));
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.INPUT_MISSING,
          "Cannot read model "
              + name
              + " version "
              + version
              + " from "
              + file
              + ": "
              + Causes.words(e),
          e);
    }
  }

  /** Registered model's name. */
  public String name() {
    return name;
  }

  /** Registered version. */
  public String version() {
    return version;
  }

  /** What the bytes' SHA-256 must be; also the key by which an executor shares its session. */
  public String sha256() {
    return sha256;
  }

  /** Size of the file. */
  public long length() {
    return bytes.length;
  }

  /**
   * The bytes, after their SHA-256 has been compared.
   *
   * @throws MillraceException DATA_CONTRACT where they differ from what was registered
   */
  byte[] verifiedBytes() {
    String found = Digest.sha256(bytes);
    if (!found.equals(sha256)) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot open %s: the SHA-256 of its %d bytes is %s vs %s as registered; fetch the model again"
              .formatted(this, bytes.length, found, sha256));
    }

    return bytes;
  }

  /** Such as {@code model late_flight version 3}. */
  @Override
  public String toString() {
    return "model " + name + " version " + version;
  }
}
