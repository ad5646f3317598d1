package org.millrace.contracts.definition;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * JSON Schemas (draft 7) of the files in a directory of definitions. Editors complete and check by
 * them; the platform itself reads files with its own readers, which know more, such as links.
 */
public enum DefinitionSchema {
  PLATFORM("millrace.yaml"),
  SOURCE("sources"),
  VIEW("features"),
  SPINE("spines"),
  LABEL("labels"),
  TRAINING("training"),
  GATE("gate"),
  SCORING("scoring"),
  MONITORING("monitoring"),
  ROLLOUT("rollout");

  /** Where copies of the schemas are, in a directory of definitions. */
  public static final String DIRECTORY = "schemas";

  private final String place;

  DefinitionSchema(String place) {
    this.place = place;
  }

  /** As commands and files name it, such as {@code view}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The schema of a file, by its path in the directory of definitions; empty if it has none. */
  public static Optional<DefinitionSchema> ofFile(String file) {
    return Arrays.stream(values())
        .filter(schema -> file.equals(schema.place) || file.startsWith(schema.place + "/"))
        .filter(schema -> file.endsWith(".yaml"))
        .findFirst();
  }

  /** The file of a copy, in the directory of definitions. */
  public String file() {
    return DIRECTORY + "/" + word() + ".json";
  }

  /** The comment at the top of a file by which editors find the copy of its schema. */
  public String comment() {
    return "# yaml-language-server: $schema="
        + (place.endsWith(".yaml") ? "" : "../")
        + file()
        + "\n";
  }

  /** The schema. */
  public String text() {
    String resource = DIRECTORY + "/" + word() + ".json";
    try (InputStream in =
        requireNonNull(DefinitionSchema.class.getResourceAsStream(resource), resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + resource, e);
    }
  }
}
