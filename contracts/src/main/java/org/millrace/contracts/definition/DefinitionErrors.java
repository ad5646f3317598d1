package org.millrace.contracts.definition;

import java.util.ArrayList;
import java.util.List;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * Collects what is wrong in a set of definition files, so that a user sees all of it at once. Not
 * thread-safe.
 */
public final class DefinitionErrors {
  private final List<String> errors = new ArrayList<>();

  /**
   * Notes an error.
   *
   * @param line 1-based line, or 0 where the whole file is meant
   */
  public void add(String file, int line, String what) {
    errors.add((line > 0 ? file + ":" + line : file) + ": " + what);
  }

  /** What was noted so far, in order. */
  public List<String> all() {
    return List.copyOf(errors);
  }

  /** Throws one exception of category DEFINITION that lists every error, where there is any. */
  public void throwIfAny() {
    if (errors.isEmpty()) {
      return;
    }

    throw new MillraceException(
        ErrorCategory.DEFINITION,
        "Cannot use the definitions: "
            + errors.size()
            + (errors.size() == 1 ? " error" : " errors")
            + "\n  "
            + String.join("\n  ", errors));
  }
}
