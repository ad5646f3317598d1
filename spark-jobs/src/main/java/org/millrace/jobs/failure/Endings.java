package org.millrace.jobs.failure;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what a failure means: a message of ours wherever it lies in the chain, also where it
 * came as text from an executor; else the first kind that knows one of the causes; else a defect.
 *
 * <p>Placement: driver only. Never throws.
 */
public final class Endings {
  private static final Logger LOG = LoggerFactory.getLogger(Endings.class);
  private static final String OURS = MillraceException.class.getName();
  private static final Pattern OUR_TEXT = Pattern.compile("^([A-Z_]+): (.*)$", Pattern.DOTALL);

  /** In the order in which they are asked: what is surely the root comes first. */
  private static final List<Kind> KINDS =
      Stream.of(
              ProcessKinds.ALL,
              StorageKinds.FIRST,
              DeltaKinds.ALL,
              SchemaKinds.ALL,
              FileKinds.ALL,
              SqlKinds.ALL,
              StorageKinds.LAST)
          .flatMap(List::stream)
          .toList();

  private Endings() {}

  /** The ending that a failure is. */
  public static Ending of(Throwable failure) {
    CauseChain chain = CauseChain.of(failure);
    return ours(chain).or(() -> known(chain)).orElseGet(() -> defect(chain));
  }

  private static Optional<Ending> ours(CauseChain chain) {
    for (Cause cause : chain.causes()) {
      if (cause.throwable().orElse(null) instanceof MillraceException ours) {
        return Optional.of(ending(ours));
      }

      if (cause.throwable().isEmpty() && cause.type().equals(OURS)) {
        Matcher matcher = OUR_TEXT.matcher(cause.message());
        if (matcher.matches()) {
          return Optional.of(
              new Ending(ErrorCategory.valueOf(matcher.group(1)), matcher.group(2).strip(), false));
        }
      }
    }

    return Optional.empty();
  }

  /**
   * A message of ours says what it means, but for one: a definition is not wrong where its SQL or
   * its rules could not be tried because a file is gone or a disk is full.
   */
  private static Ending ending(MillraceException ours) {
    boolean isExpected = ours.getCause() == null || ours.category() == ErrorCategory.DEFINITION;
    Ending said = new Ending(ours.category(), String.valueOf(ours.getMessage()), isExpected);
    if (ours.category() != ErrorCategory.DEFINITION) {
      return said;
    }

    return known(CauseChain.below(ours))
        .filter(
            cause ->
                cause.category() == ErrorCategory.BUSY
                    || cause.category() == ErrorCategory.EXTERNAL
                    || cause.category() == ErrorCategory.INPUT_MISSING)
        .orElse(said);
  }

  private static Optional<Ending> known(CauseChain chain) {
    for (Kind kind : KINDS) {
      try {
        Optional<Ending> ending = kind.ending(chain);
        if (ending.isPresent()) {
          return ending;
        }
      } catch (Exception e) { // of reading a message of Spark: the failure itself must be reported
        LOG.warn("Cannot put a failure into words", e);
      }
    }

    return Optional.empty();
  }

  private static Ending defect(CauseChain chain) {
    Cause root = chain.innermost();
    String message = Wording.plain(root.message());
    return new Ending(
        ErrorCategory.INTERNAL,
        "A defect of Millrace: "
            + root.simpleType()
            + (message.isEmpty() ? "" : ": " + message)
            + "; report it with its log",
        false);
  }
}
