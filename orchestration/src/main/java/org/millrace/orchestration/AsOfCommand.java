package org.millrace.orchestration;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.definition.FeatureViewDefinition.Boundary;
import org.millrace.contracts.files.AsOfRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** An as-of join of two inputs. */
@Command(
    description = {
      "Join rows to the newest facts known at each row's own time.",
      "Inputs are names of tables, or paths or patterns of Parquet, CSV, JSON, ORC or Avro files or"
          + " Delta tables. The output has all columns of the spine, then the view's features by"
          + " their names."
    })
final class AsOfCommand extends FileCommand {
  @Option(names = "--spine", required = true, paramLabel = "INPUT", description = "Rows to enrich.")
  String spine = "";

  @Option(
      names = "--as-of",
      required = true,
      paramLabel = "COLUMN",
      description = "Time column of the spine: the moment each row asks from.")
  String asOf = "";

  @Option(names = "--view", required = true, paramLabel = "INPUT", description = "Rows to look up.")
  String view = "";

  @Option(
      names = "--keys",
      required = true,
      converter = NameList.Converter.class,
      paramLabel = "COLUMN,...",
      description = "Columns that must be equal, comma-separated; SPINE=VIEW if names differ.")
  NameList keys = NameList.none();

  @Option(
      names = "--event-time",
      required = true,
      paramLabel = "COLUMN",
      description = "Time column of the view: when the fact was true.")
  String eventTime = "";

  @Option(
      names = "--known-at",
      paramLabel = "COLUMN",
      description = "Time column of the view: when it could have been known; default: event time.")
  @Nullable String knownAt;

  @Option(
      names = "--ttl",
      paramLabel = "DURATION",
      converter = Span.class,
      description = "Facts as old as this do not count: 90s, 30m, 3h, 7d, or ISO 8601.")
  @Nullable Duration ttl;

  @Option(
      names = "--boundary",
      paramLabel = "NAME",
      description =
          "Whether a fact known exactly at the as-of time counts: ${COMPLETION-CANDIDATES};"
              + " default: inclusive.")
  Boundary boundary = Boundary.INCLUSIVE;

  @Option(
      names = "--tie",
      paramLabel = "COLUMN",
      description = "Of facts of equal times, the one with the greatest value here wins.")
  @Nullable String tie;

  @Option(
      names = "--features",
      converter = NameList.Converter.class,
      paramLabel = "COLUMN,...",
      description = "Columns to look up; default: all but keys, times and tie.")
  NameList features = NameList.none();

  @Option(
      names = "--aggregate",
      paramLabel = "TEXT",
      description =
          "Compute this of the view's rows in windows that end at each as-of time, instead of"
              + " looking up the newest row; may be repeated: 'avg(delay) over 3h, 7d as late where"
              + " x > 0'.")
  List<String> aggregates = new ArrayList<>();

  @Option(names = "--prefix", paramLabel = "TEXT", description = "Put before features' names.")
  String prefix = "";

  AsOfCommand(CommandContext context) {
    super(context, "asof");
  }

  @Override
  Object request(Path workingDirectory) {
    Map<String, String> spineByView = new LinkedHashMap<>();
    keys.items().forEach(key -> spineByView.put(key.other(), key.name()));

    return new AsOfRequest(
        OutputOptions.input(spine, workingDirectory),
        asOf,
        OutputOptions.input(view, workingDirectory),
        spineByView,
        eventTime,
        Optional.ofNullable(knownAt),
        Optional.ofNullable(ttl),
        boundary,
        Optional.ofNullable(tie),
        features.names(),
        aggregates,
        prefix,
        output.request(workingDirectory));
  }

  /** Reads {@code 3h} and {@code PT3H}. */
  static final class Span implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      try {
        if (text.matches("[0-9]+[smh]")) {
          return Duration.parse("PT" + text);
        }

        return Duration.parse(text.matches("[0-9]+d") ? "P" + text : text);
      } catch (java.time.format.DateTimeParseException e) {
        throw new TypeConversionException("'" + text + "' is no duration such as 90s, 3h or 7d");
      }
    }
  }
}
