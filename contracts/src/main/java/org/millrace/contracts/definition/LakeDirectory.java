package org.millrace.contracts.definition;

import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads where the lake is: a directory of this machine, as a path or as a {@code file:} URI. */
final class LakeDirectory {
  private static final Pattern SCHEME =
      Pattern.compile("(file(?=:)|[A-Za-z][A-Za-z0-9+.-]*(?=:/)):.*", Pattern.CASE_INSENSITIVE);

  private LakeDirectory() {}

  /**
   * The directory, absolute.
   *
   * @param home directory that relative paths start from
   * @throws IllegalArgumentException if it is no directory of this machine; the message does not
   *     hold the text, which may hold a password
   */
  static Path of(String text, Path home) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("expected a directory, found an empty text");
    }

    Matcher scheme = SCHEME.matcher(text);
    if (!scheme.matches()) {
      return home.resolve(text).normalize();
    }

    String name = scheme.group(1).toLowerCase(Locale.ROOT);
    if (!name.equals("file")) {
      throw new IllegalArgumentException(
          "%s: is not supported yet; give a directory of this machine".formatted(name));
    }

    return local(text);
  }

  private static Path local(String text) {
    URI uri = URI.create(text.replace(" ", "%20"));
    String path = uri.getPath();
    if (uri.getAuthority() != null || path == null) {
      throw new IllegalArgumentException(
          "a file: address names no host, expected file:///directory");
    }

    return Path.of(path).normalize();
  }
}
