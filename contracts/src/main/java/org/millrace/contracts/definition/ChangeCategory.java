package org.millrace.contracts.definition;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * What a change of a definition means for what was made by it.
 *
 * @see <a href="https://sqlmesh.readthedocs.io/en/stable/concepts/plans/#change-categories">those
 *     of SQLMesh</a>
 */
public enum ChangeCategory {
  /** Descriptions, owners, tags, policies that change no row: nothing is computed. */
  METADATA_ONLY("nothing is computed"),
  /** Columns that were there keep their values; new ones come, or other checks. */
  ADDITIVE("columns that were there keep their values; what reads only these stays"),
  /** Another model or verdict comes of the same training set. */
  TRAINER_ONLY("features and training set stay as they are"),
  /** Rows come out otherwise. */
  BREAKING("rows come out otherwise");

  private final String meaning;

  ChangeCategory(String meaning) {
    this.meaning = meaning;
  }

  /** As it is written, such as {@code trainer-only}. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What follows from it, as a phrase. */
  public String meaning() {
    return meaning;
  }

  @JsonCreator
  static ChangeCategory of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
