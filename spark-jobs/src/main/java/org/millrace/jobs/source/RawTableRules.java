package org.millrace.jobs.source;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.SourceDefinition;
import org.millrace.contracts.definition.SourceRules;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.features.source.RowFacts;
import org.millrace.features.validation.UsualVolume;

/**
 * The rules that hold for every raw table: no rows without a day, no infinite numbers, no key twice
 * or null, no day of many times its usual rows, no day and no table without rows. A source whose
 * rows break one is not published.
 */
public final class RawTableRules {
  private final SourceDefinition source;
  private final SourceRules rules;

  /** Those that the definition of a source leaves in force. */
  public RawTableRules(SourceDefinition source) {
    this.source = source;
    this.rules = source.rules();
  }

  /** Verdict on a day's rows, as the ledger keeps it. */
  public enum Verdict {
    /** No rule is broken. */
    PASS,
    /** It has much fewer rows than usual, and is published. */
    WARN
  }

  /**
   * Judges rows without a day.
   *
   * @throws MillraceException of category DATA_CONTRACT if there are any and the source does not
   *     drop them
   */
  public void requireDays(SourceFacts facts) {
    if (facts.nullDays() > 0 && rules.nullDays() == SourceRules.NullDays.FAIL) {
      throw broken(
          "%,d rows have no %s, 0 allowed; correct its files or SQL, or set 'null-days: drop' to leave such rows out"
              .formatted(facts.nullDays(), source.day().orElse("day")));
    }
  }

  /**
   * Judges days that are to be written.
   *
   * @param days facts by day
   * @param earlier what the ledger says of the table's days
   * @return the verdict of each day
   * @throws MillraceException of category DATA_CONTRACT that names each rule which is broken, or of
   *     category INPUT_MISSING if a day, or a table without days, has no rows and must have some
   */
  public Map<LocalDate, Verdict> judge(
      NavigableMap<LocalDate, RowFacts> days, NavigableMap<LocalDate, LedgerEntry> earlier) {
    Map<LocalDate, Verdict> verdicts = new LinkedHashMap<>();
    days.keySet().forEach(day -> verdicts.put(day, Verdict.PASS));
    List<String> problems = new ArrayList<>();
    String keys = String.join(", ", rules.keys());
    count(days, RowFacts::repeated, "rows repeat another's " + keys, "or take 'keys' out")
        .ifPresent(problems::add);
    count(days, RowFacts::nullKeys, "rows have a null in " + keys, "or take 'keys' out")
        .ifPresent(problems::add);
    infinities(days).ifPresent(problems::add);
    if (source.day().isPresent()) {
      rules.volumeTimes().ifPresent(times -> volume(days, earlier, times, verdicts, problems));
    }

    if (!problems.isEmpty()) {
      throw broken(String.join("; and ", problems));
    }

    requireRows(days);
    return verdicts;
  }

  private Optional<String> infinities(NavigableMap<LocalDate, RowFacts> days) {
    if (rules.infinities() == SourceRules.Infinities.ALLOW) {
      return Optional.empty();
    }

    Optional<String> column =
        days.values().stream().flatMap(facts -> facts.infiniteColumn().stream()).findFirst();
    return count(
        days,
        RowFacts::infinite,
        "rows have an infinite number, such as in " + column.orElse(""),
        "or set 'infinities: allow'");
  }

  /** Names the first day that has such rows, and how many more have. */
  private Optional<String> count(
      NavigableMap<LocalDate, RowFacts> days,
      ToLongFunction<RowFacts> rows,
      String what,
      String otherwise) {
    TreeMap<LocalDate, Long> broken = new TreeMap<>();
    days.forEach((day, facts) -> broken.merge(day, rows.applyAsLong(facts), Long::sum));
    broken.values().removeIf(count -> count == 0);
    return broken.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "%s%,d %s, 0 allowed%s; correct its files or SQL, %s"
                .formatted(
                    source.day().isPresent() ? "of " + broken.firstKey() + ", " : "",
                    broken.firstEntry().getValue(),
                    what,
                    more(broken.size()),
                    otherwise));
  }

  private void volume(
      NavigableMap<LocalDate, RowFacts> days,
      NavigableMap<LocalDate, LedgerEntry> earlier,
      double times,
      Map<LocalDate, Verdict> verdicts,
      List<String> problems) {
    TreeMap<LocalDate, Long> known = new TreeMap<>();
    earlier.forEach((day, entry) -> known.put(day, entry.rows().accepted()));
    TreeMap<LocalDate, Long> rows = new TreeMap<>();
    days.forEach((day, facts) -> rows.put(day, facts.rows()));
    List<UsualVolume.Compared> compared = UsualVolume.compare(rows, known);
    compared.stream()
        .filter(day -> day.isSmall(times))
        .forEach(day -> verdicts.put(day.day(), Verdict.WARN));
    List<String> large =
        compared.stream().filter(day -> day.isLarge(times)).map(day -> day.tooMany(times)).toList();
    if (!large.isEmpty()) {
      problems.add(
          large.get(0)
              + more(large.size())
              + "; correct its files, or set 'volume: off' or a larger number if such days are"
              + " right");
    }
  }

  private void requireRows(NavigableMap<LocalDate, RowFacts> days) {
    List<LocalDate> empty =
        days.entrySet().stream()
            .filter(day -> day.getValue().rows() == 0)
            .map(Map.Entry::getKey)
            .filter(day -> !source.mayBeEmpty(day))
            .toList();
    if (!empty.isEmpty()) {
      throw new MillraceException(ErrorCategory.INPUT_MISSING, withoutRows(empty));
    }
  }

  /** What to say of days that have no rows and must have some. */
  public String withoutRows(List<LocalDate> empty) {
    String which =
        source.day().isPresent() ? " of " + empty.get(0) + more(empty.size()) : " at all";
    return "Cannot fill "
        + source.table()
        + ": its source has no rows"
        + which
        + "; run again when they have arrived, or set 'empty-days: allow' if that is normal";
  }

  private MillraceException broken(String problem) {
    return new MillraceException(
        ErrorCategory.DATA_CONTRACT, "Cannot fill " + source.table() + ": " + problem);
  }

  private static String more(int days) {
    return days == 1 ? "" : " and " + (days - 1) + " more days";
  }
}
