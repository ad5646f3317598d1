package org.millrace.bench;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/** Whom we are compared with, us included. */
enum Peer {
  MILLRACE("millrace", Home.VECTOR_JVM),
  MILLRACE_PLAIN("millrace-plain", Home.JVM),
  SCAN("scan", Home.JVM),
  ORT("ort", Home.JVM),
  NOMODEL("nomodel", Home.JVM),
  LIMIT("limit", Home.COMPUTED),
  PYARROW("pyarrow", Home.PYTHON),
  PYARROW_NOWRITE("pyarrow-nowrite", Home.PYTHON),
  POLARS("polars", Home.PYTHON),
  MAPINARROW("mapinarrow", Home.PYTHON),
  PREDICT_BATCH_UDF("predict_batch_udf", Home.PYTHON),
  SPARK_UDF("spark_udf", Home.PYTHON),
  SYNAPSEML("synapseml", Home.SYNAPSEML),
  SYNAPSEML_DEFAULT("synapseml-default", Home.SYNAPSEML);

  private final String word;
  private final Home home;

  Peer(String word, Home home) {
    this.word = word;
    this.home = home;
  }

  /** Where a contender runs. */
  enum Home {
    /** Our class path, with the incubating vector module. */
    VECTOR_JVM,
    /** Our class path. */
    JVM,
    /** The virtual environment. */
    PYTHON,
    /** SynapseML's own class path. */
    SYNAPSEML,
    /** Not run: told from others. */
    COMPUTED
  }

  /** As in tables, ratios and on the command line. */
  String word() {
    return word;
  }

  Home home() {
    return home;
  }

  /** Whether it is the product itself. */
  boolean isOurs() {
    return this == MILLRACE || this == MILLRACE_PLAIN;
  }

  /** Whether ratios to it are told; a scan without scoring is only a part of the limit. */
  boolean isCompared() {
    return !isOurs() && this != SCAN;
  }

  static Peer of(String word) {
    return Arrays.stream(values())
        .filter(peer -> peer.word.equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new MillraceException(
                    ErrorCategory.DEFINITION,
                    "Cannot compare with %s: no such peer vs %s"
                        .formatted(
                            word,
                            Arrays.stream(values())
                                .map(Peer::word)
                                .collect(Collectors.joining(", ")))));
  }
}
