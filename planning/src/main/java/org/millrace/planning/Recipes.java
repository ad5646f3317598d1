package org.millrace.planning;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Digest;
import org.millrace.contracts.Partition;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.LabelDefinition;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.definition.SpineDefinition;
import org.millrace.contracts.definition.ViewReading;
import org.millrace.contracts.ledger.LedgerObjects;

/**
 * What each object of a pipeline is made from. Rooms and plan take it from here.
 *
 * <p>Not thread-safe.
 */
public final class Recipes {
  /** Form of the stored partial aggregates; another one makes them anew. */
  public static final int DAILY_FORMAT = 1;

  private final Pipeline pipeline;
  private final List<FeatureViewDefinition> views;
  private final Optional<Set<String>> columns;
  private final Map<LocalDate, Recipe> spines = new HashMap<>();

  /** Of the spine, of the label, and of how a view is looked up, by the definition. */
  private final IdentityHashMap<Object, String> hashes = new IdentityHashMap<>();

  /** The recipes of a pipeline, whose spine is joined to all of its views. */
  public Recipes(Pipeline pipeline) {
    this(pipeline, pipeline.views());
  }

  /**
   * The recipes of a pipeline.
   *
   * @param views that the spine is joined to, in the order in which their columns come
   */
  public Recipes(Pipeline pipeline, List<FeatureViewDefinition> views) {
    this(pipeline, views, Optional.empty());
  }

  private Recipes(
      Pipeline pipeline, List<FeatureViewDefinition> views, Optional<Set<String>> columns) {
    this.pipeline = requireNonNull(pipeline, "pipeline is null");
    this.views = List.copyOf(views);
    this.columns = columns;
  }

  /**
   * The recipes of a pipeline for a version that is fed from some columns: others of the same views
   * do not matter to it.
   *
   * @param columns of the joined rows, by name
   */
  public static Recipes feeding(
      Pipeline pipeline, List<FeatureViewDefinition> views, Collection<String> columns) {
    return new Recipes(pipeline, views, Optional.of(Set.copyOf(columns)));
  }

  /** Of a known day of a view's table, by the day. */
  public static Function<LocalDate, Recipe> viewDays(FeatureViewDefinition view) {
    String hash = view.hash(); // of the whole definition: not for each of many days
    return day -> {
      Recipe.Builder recipe =
          new Recipe.Builder("the definition of view " + view.name()).word(hash);
      view.reads()
          .forEach(
              table -> recipe.days(table, DayRange.of(day).startingEarlier(view.lookBackDays())));
      return recipe.build();
    };
  }

  /**
   * The fingerprint of a day of a view's partial aggregates: of its events, of what is kept of
   * them, and of how.
   *
   * @param ofEvents the fingerprint of the same day of the view's table
   */
  public static String daily(FeatureViewDefinition view, String ofEvents) {
    return Digest.sha256(ofEvents, view.keptDaily().toString(), Integer.toString(DAILY_FORMAT));
  }

  /**
   * Of a day of the spine with its features: its definition, how the views are looked up, the
   * inputs of that day, the days of each view that its rows can see.
   */
  public Recipe spineDay(LocalDate day) {
    return spines.computeIfAbsent(day, of -> spineDay(of, views));
  }

  private Recipe spineDay(LocalDate day, List<FeatureViewDefinition> joined) {
    SpineDefinition spine = pipeline.spine();
    Recipe.Builder recipe =
        new Recipe.Builder("the definition of spine " + spine.name() + " or of a lookup")
            .word(hashes.computeIfAbsent(spine, of -> spine.hash()));
    joined.forEach(view -> recipe.word(hashes.computeIfAbsent(view, of -> lookupHash(view))));
    DayRange one = DayRange.of(day);
    spine.reads().forEach(table -> recipe.days(table, one.startingEarlier(spine.lookBackDays())));
    joined.forEach(
        view ->
            recipe.days(
                view.table(),
                visible(read(view).map(view::reach).orElseGet(view::reach), one, 0),
                read(view).map(outputs -> ViewReading.of(view, outputs))));
    return recipe.build();
  }

  private String lookupHash(FeatureViewDefinition view) {
    return read(view).map(view::lookupHash).orElseGet(view::lookupHash);
  }

  /** The outputs of a view that are read; empty for all. */
  private Optional<Set<String>> read(FeatureViewDefinition view) {
    return columns.map(
        all ->
            view.outputs().keySet().stream()
                .filter(output -> all.contains(view.column(output)))
                .collect(Collectors.toSet()));
  }

  /**
   * The known days that rows of some spine days can see. A row is usable from max(event_timestamp,
   * known_at), which is not before its event, which lies within the view's reach before as_of: so
   * its known day may be later than that of the event, and never earlier.
   *
   * <p>Counted in instants, as a day of the zone may have 23 hours; an hour more, as a date comes
   * back where clocks are set back over midnight.
   *
   * @param earlier so many days more
   */
  public DayRange visible(FeatureViewDefinition view, DayRange days, int earlier) {
    return visible(view.reach(), days, earlier);
  }

  private DayRange visible(Optional<Duration> reach, DayRange days, int earlier) {
    ZoneId zone = pipeline.platform().dayZone();
    LocalDate earliest = LocalDate.EPOCH;
    LocalDate first =
        reach
            .map(days.from().atStartOfDay(zone).minusHours(1)::minus)
            .map(from -> from.toLocalDate().minusDays(earlier))
            .filter(earliest::isBefore)
            .orElse(earliest);
    return new DayRange(first, days.to());
  }

  /** Of the whole training set. */
  public Recipe trainingSet() {
    DayRange training = pipeline.trainedDays();
    DayRange gate = pipeline.gate().days();
    Recipe.Builder recipe =
        new Recipe.Builder("the definition of the training set, of its spine or of a lookup")
            .word(pipeline.training().trainingSetHash())
            .word(gate.toString())
            .word(training.toString());
    Stream.concat(training.days().stream(), gate.days().stream())
        .forEach(day -> recipe.nested(spineDay(day)));
    pipeline.label().ifPresent(label -> labels(recipe, label, training.from(), gate.to()));
    return recipe.build();
  }

  /** All days on which labels of some spine days may become known, and what these are made from. */
  private void labels(
      Recipe.Builder recipe, LabelDefinition label, LocalDate first, LocalDate last) {
    recipe.word(hashes.computeIfAbsent(label, of -> label.hash()));
    DayRange known =
        new DayRange(first, pipeline.labelsKnownOn(last)).startingEarlier(label.lookBackDays());
    label.reads().forEach(table -> recipe.days(table, known));
  }

  /** Of the newest candidate. */
  public Recipe candidate() {
    return new Recipe.Builder("the definition of the training")
        .word(pipeline.training().hash())
        .entry(
            LedgerObjects.trainingSet(pipeline.name()), Partition.whole(), Verb.TRAINING_SET.word())
        .build();
  }

  /** Of the verdict on the newest candidate. */
  public Recipe verdict() {
    return new Recipe.Builder("the definition of the gate")
        .word(pipeline.gate().hash())
        .entry(LedgerObjects.candidate(pipeline.name()), Partition.whole(), Verb.TRAIN.word())
        .entry(
            LedgerObjects.trainingSet(pipeline.name()), Partition.whole(), Verb.TRAINING_SET.word())
        .build();
  }

  /** Of a day's predictions, where the spine is joined to the views that the champion needs. */
  public Recipe predictions(LocalDate day, ChampionRef champion) {
    return predictions(day, champion, Optional.empty());
  }

  /**
   * Of a day's predictions, where the spine is joined to the views that all versions need that
   * readers see.
   *
   * @param challenger version that scores beside the champion; one that readers see nothing of does
   *     not matter
   */
  public Recipe predictions(LocalDate day, ChampionRef champion, Optional<Challenger> challenger) {
    Recipe.Builder recipe =
        new Recipe.Builder("a definition of scoring, spine or lookups, or the model's file,")
            .word(pipeline.scoring().hash())
            .nested(spineDay(day));
    version(recipe, champion);
    challenger.filter(Challenger::serves).ifPresent(beside -> shared(recipe, beside));
    return recipe.build();
  }

  /**
   * Of what a challenger scores on a day beside the champion, where the spine is joined to the
   * views that both need.
   */
  public Recipe challengers(LocalDate day, ChampionRef champion, Challenger challenger) {
    Recipe.Builder recipe =
        new Recipe.Builder("a definition of scoring, spine or lookups, or a model's file,")
            .word(pipeline.scoring().hash())
            .nested(spineDay(day));
    version(recipe, champion);
    shared(recipe, challenger);
    return recipe.build();
  }

  private static void version(Recipe.Builder recipe, ChampionRef version) {
    recipe.word(version.name()).word(version.version()).word(version.sha256());
  }

  private static void shared(Recipe.Builder recipe, Challenger challenger) {
    version(recipe, challenger.version());
    recipe
        .word(Double.toString(challenger.share()))
        .word(challenger.rollout())
        .word(challenger.entity().toString());
  }

  /**
   * Of the realised quality of a published day. What was published holds the features that it was
   * scored from: only labels may be newer.
   */
  public Recipe quality(LocalDate day) {
    Recipe.Builder recipe =
        new Recipe.Builder("the definition of monitoring, spine, label or lookups")
            .word(pipeline.monitoring().hash())
            .entry(pipeline.scoring().predictions(), Partition.of(day), Verb.PUBLISH.word())
            .nested(spineDay(day, List.of()));
    pipeline.label().ifPresent(label -> labels(recipe, label, day, day));
    return recipe.build();
  }
}
