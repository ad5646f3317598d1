package org.millrace.contracts.definition;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How the files of an input are written. */
public enum InputFormat {
  /** Apache Parquet. */
  PARQUET("parquet|parq"),
  /** Texts between separators (RFC 4180): the first line names the columns. */
  CSV("csv|tsv"),
  /** One JSON object a line, or one array of objects a file (RFC 8259). */
  JSON("json|jsonl|ndjson"),
  /** Apache ORC. */
  ORC("orc"),
  /** Apache Avro's container files. */
  AVRO("avro"),
  /** A directory that is a Delta table. */
  DELTA("");

  private final String endings;

  InputFormat(String endings) {
    this.endings = endings;
  }

  /** Whether values come as texts, which a definition gives their types. */
  public boolean isText() {
    return this == CSV || this == JSON;
  }

  /** The format that a file's name says; empty where it says none. */
  public static Optional<InputFormat> ofName(String file) {
    String name = file.toLowerCase(Locale.ROOT).replaceFirst("\\.(gz|bz2|zst|lz4|snappy)$", "");
    String ending = name.substring(name.lastIndexOf('.') + 1);
    for (InputFormat format : values()) {
      if (name.contains(".") && List.of(format.endings.split("\\|")).contains(ending)) {
        return Optional.of(format);
      }
    }

    return Optional.empty();
  }
}
