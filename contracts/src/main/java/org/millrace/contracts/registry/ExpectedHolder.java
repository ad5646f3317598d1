package org.millrace.contracts.registry;

import java.util.Optional;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/** The comparison before an alias moves; one sentence for all registries. Stateless. */
public final class ExpectedHolder {
  private ExpectedHolder() {}

  /**
   * Fails with BUSY where the alias names another version than its mover last saw.
   *
   * @param expected version that the mover saw; empty for none
   * @param found version that the registry names now; empty for none
   * @param location of the registry, for the message
   */
  public static void require(
      String name,
      String alias,
      Optional<String> expected,
      Optional<String> found,
      String location) {
    if (!found.equals(expected)) {
      throw new MillraceException(
          ErrorCategory.BUSY,
          "Cannot move %s@%s in %s: it names %s, expected %s; someone else moved it, run again"
              .formatted(name, alias, location, words(found), words(expected)));
    }
  }

  private static String words(Optional<String> version) {
    return version.map(number -> "version " + number).orElse("no version");
  }
}
