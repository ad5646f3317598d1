package org.millrace.contracts;

import static java.util.Objects.requireNonNull;

/** Where a ledger entry's work can be found. */
public sealed interface Output {
  /** {@code table}, {@code model} or {@code none}: how the ledger names the kind. */
  String kind();

  /** The version as text; empty if there is none. */
  String version();

  /** Reads what {@link #kind} and {@link #version} gave. */
  static Output of(String kind, String version) {
    return switch (kind) {
      case "table" -> new Table(Long.parseLong(version));
      case "model" -> new Model(version);
      case "none" -> new None();
      default ->
          throw new MillraceException(
              ErrorCategory.DATA_CONTRACT,
              "Cannot read a ledger entry: its output is '"
                  + kind
                  + "', expected table, model or none; it was written by a newer release");
    };
  }

  /**
   * A version of the object's Delta table.
   *
   * @param number Delta's, at least 0
   */
  record Table(long number) implements Output {
    /** Checks the number. */
    public Table {
      if (number < 0) {
        throw new IllegalArgumentException(
            "Cannot use table version " + number + ": it is negative");
      }
    }

    @Override
    public String kind() {
      return "table";
    }

    @Override
    public String version() {
      return Long.toString(number);
    }
  }

  /**
   * A registered version of a model.
   *
   * @param number as the registry gives it
   */
  record Model(String number) implements Output {
    /** Checks that it is there. */
    public Model {
      requireNonNull(number, "number is null");
    }

    @Override
    public String kind() {
      return "model";
    }

    @Override
    public String version() {
      return number;
    }
  }

  /** Nothing yet: the entry announces work. */
  record None() implements Output {
    @Override
    public String kind() {
      return "none";
    }

    @Override
    public String version() {
      return "";
    }
  }
}
