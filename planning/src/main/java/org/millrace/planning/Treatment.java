package org.millrace.planning;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * How a person wants a change of definitions to be treated, whatever its category.
 *
 * @param objects as a selection names them, without states
 * @param as what is left as it is
 */
public record Treatment(String objects, As as) {
  /** What is left as it is. */
  public enum As {
    /** Days that an earlier definition made, and all that reads them: only new days are of it. */
    FORWARD_ONLY,
    /** What reads the objects. */
    ADDITIVE;

    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Optional<As> of(String word) {
      return Arrays.stream(values()).filter(as -> as.word().equals(word)).findFirst();
    }
  }

  /** Checks that all is present. */
  public Treatment {
    requireNonNull(objects, "objects is null");
    requireNonNull(as, "as is null");
  }

  /**
   * Reads {@code features.weather=forward-only}.
   *
   * @throws MillraceException of category DEFINITION if it is not written so
   */
  public static Treatment parse(String text) {
    int equals = text.lastIndexOf('=');
    String objects = equals < 0 ? "" : text.substring(0, equals).strip();
    return As.of(text.substring(equals + 1).strip())
        .filter(as -> !objects.isEmpty())
        .map(as -> new Treatment(objects, as))
        .orElseThrow(
            () ->
                new MillraceException(
                    ErrorCategory.DEFINITION,
                    "Cannot treat '%s': write OBJECT=%s; what is to be made again although it is done is named by `millrace backfill --restate`"
                        .formatted(
                            text,
                            Arrays.stream(As.values())
                                .map(As::word)
                                .collect(Collectors.joining(" or OBJECT=")))));
  }
}
