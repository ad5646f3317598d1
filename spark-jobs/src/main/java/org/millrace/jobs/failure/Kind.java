package org.millrace.jobs.failure;

import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.millrace.contracts.ErrorCategory;

/**
 * One kind of failure that is known.
 *
 * @param matches recognises one of its causes
 * @param category what the caller may do
 * @param sentence made of that cause and the whole chain; one line
 */
record Kind(
    Predicate<Cause> matches,
    ErrorCategory category,
    BiFunction<Cause, CauseChain, String> sentence) {

  /** The ending, if one of the causes is of this kind. */
  Optional<Ending> ending(CauseChain chain) {
    return chain
        .first(matches)
        .map(cause -> new Ending(category, sentence.apply(cause, chain), isExpected()));
  }

  private boolean isExpected() {
    return category == ErrorCategory.DEFINITION;
  }
}
