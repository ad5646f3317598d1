package org.millrace.contracts;

import org.jspecify.annotations.Nullable;

/**
 * Steps of the work between which a program may end. Tests end it there: with the system property
 * {@code millrace.fault}, such as {@code AFTER_COMMIT:raw.weather#2}, the JVM halts with 137 when
 * it reaches the point for that object the second time. With {@code millrace.fault.pause=FILE}
 * besides, it makes {@code FILE.reached} and waits there until FILE exists.
 *
 * <p>Without the property, as in production, a point does nothing. The properties are read once.
 */
public enum FaultPoint {
  /** Rows lie in a directory of the staging area, without a manifest. Object: what they become. */
  AFTER_STAGING_WRITE,
  /** The manifest is in its place. Object: what the rows become. */
  AFTER_SEAL,
  /** Data files are written, no commit names them. Object: the table, {@code .new} if it is new. */
  BEFORE_COMMIT,
  /** The table's log has the commit. Object: the table, {@code .new} if the commit creates it. */
  AFTER_COMMIT,
  /** Entries are about to be written. Object: that of an entry. */
  BEFORE_LEDGER,
  /** The ledger has the entries. Object: that of an entry. */
  AFTER_LEDGER,
  /** A lease is held. Object: the room. */
  AFTER_LEASE,
  /** The move of an alias is announced. Object: the model. */
  BEFORE_ALIAS,
  /** The registry moved the alias, and no row says so. Object: the model. */
  AFTER_ALIAS,
  /** The registry has a candidate that the ledger does not know. Object: the model. */
  AFTER_REGISTER,
  /** Views show the predictions, and the ledger does not know them. Object: their table. */
  AFTER_VIEWS;

  /** System property that names the fault. */
  public static final String PROPERTY = "millrace.fault";

  /** System property that names the file to wait for; absent to halt. */
  public static final String PAUSE_PROPERTY = PROPERTY + ".pause";

  private static volatile @Nullable Fault armed =
      Fault.parse(System.getProperty(PROPERTY, ""), System.getProperty(PAUSE_PROPERTY, ""));

  /** The program is here. */
  public void reached(String object) {
    @Nullable Fault fault = armed;
    if (fault != null) {
      fault.reached(this, object);
    }
  }

  /** Replaces the fault in a JVM that goes on after it; null for none. For tests alone. */
  static void arm(@Nullable Fault fault) {
    armed = fault;
  }
}
