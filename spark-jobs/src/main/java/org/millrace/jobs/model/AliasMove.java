package org.millrace.jobs.model;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.millrace.features.lake.ParquetRow;

/**
 * A row of {@code ops.aliases}.
 *
 * @param model registered model
 * @param alias such as {@code champion}
 * @param number counts the rows of the alias from 1
 * @param from version that held the alias before; empty for none
 * @param to version that holds it afterwards; empty for none
 * @param who {@code gate} or {@code outside}
 * @param why verdict and reasons, or the run that found it
 * @param runKey of the run that wrote the row
 * @param verdict the gate's word; empty for a move from outside
 * @param movedAt when the row was written
 * @param kind what is known of the move
 */
public record AliasMove(
    String model,
    String alias,
    long number,
    Optional<String> from,
    Optional<String> to,
    String who,
    String why,
    String runKey,
    Optional<String> verdict,
    Instant movedAt,
    Kind kind) {
  static final StructType SCHEMA =
      new StructType()
          .add("model", DataTypes.StringType)
          .add("alias", DataTypes.StringType)
          .add("number", DataTypes.LongType)
          .add("from_version", DataTypes.StringType)
          .add("to_version", DataTypes.StringType)
          .add("who", DataTypes.StringType)
          .add("why", DataTypes.StringType)
          .add("run_key", DataTypes.StringType)
          .add("verdict", DataTypes.StringType)
          .add("moved_at", DataTypes.TimestampType)
          .add("kind", DataTypes.StringType);

  /** What is known of a move. */
  public enum Kind {
    /** The gate is about to move the alias; without a later MOVED it may not have happened. */
    INTENDED,
    /** The gate moved it: the registry said so. */
    MOVED,
    /** The registry names another version than the row before: someone else moved it. */
    FOUND
  }

  /** Checks that all is present. */
  public AliasMove {
    requireNonNull(model, "model is null");
    requireNonNull(alias, "alias is null");
    requireNonNull(from, "from is null");
    requireNonNull(to, "to is null");
    requireNonNull(kind, "kind is null");
  }

  /** True where the registry may name this version if the alias was not moved otherwise since. */
  boolean allows(Optional<String> holder) {
    return holder.equals(to) || (kind == Kind.INTENDED && holder.equals(from));
  }

  /** The version that certainly held the alias after the row; empty for none. */
  public Optional<String> certainHolder() {
    return kind == Kind.INTENDED ? from : to;
  }

  /** True if a person had the alias given back, or was about to. */
  public boolean isRollback() {
    return kind != Kind.FOUND && verdict.isEmpty() && why.startsWith(RollbackRequest.ROLLED_BACK);
  }

  Row toRow() {
    return RowFactory.create(
        model,
        alias,
        number,
        from.orElse(null),
        to.orElse(null),
        who,
        why,
        runKey,
        verdict.orElse(null),
        movedAt,
        kind.name());
  }

  static AliasMove of(ParquetRow row) {
    return new AliasMove(
        row.text("model"),
        row.text("alias"),
        row.number("number"),
        text(row, "from_version"),
        text(row, "to_version"),
        row.text("who"),
        row.text("why"),
        row.text("run_key"),
        text(row, "verdict"),
        row.instant("moved_at"),
        Kind.valueOf(row.text("kind")));
  }

  private static Optional<String> text(ParquetRow row, String column) {
    return row.isNull(column) ? Optional.empty() : Optional.of(row.text(column));
  }
}
