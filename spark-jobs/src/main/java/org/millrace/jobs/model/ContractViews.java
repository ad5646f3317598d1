package org.millrace.jobs.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.definition.SpineDefinition;
import org.millrace.contracts.registry.ModelContract;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.jobs.room.JobContext;

/**
 * The feature views that a version needs, as they are defined now. Driver only.
 *
 * @param version whose views they are
 * @param contract of the version
 * @param views in the contract's order
 */
public record ContractViews(
    ModelVersion version, ModelContract contract, List<FeatureViewDefinition> views) {
  /** Copies the list. */
  public ContractViews {
    views = List.copyOf(views);
  }

  /**
   * Finds the views of a contract among all definitions, whether or not the training definition
   * still names them.
   *
   * @throws MillraceException of category DEFINITION that names version, view and column of all
   *     that the definitions do not give any more
   */
  public static ContractViews of(Pipeline pipeline, ModelVersion version, ModelContract contract) {
    List<String> problems = new ArrayList<>();
    SpineDefinition spine = pipeline.spine();
    if (!contract.spine().name().equals(spine.name())) {
      problems.add(
          "it answers spine "
              + contract.spine().name()
              + ", the training definition names "
              + spine.name());
    }

    List<FeatureViewDefinition> views = new ArrayList<>();
    for (ModelContract.View needed : contract.views()) {
      Optional<FeatureViewDefinition> view = find(pipeline, needed.name());
      view.ifPresent(views::add);
      view.ifPresentOrElse(
          found -> requireKeys(spine, found, problems),
          () -> problems.add("no view " + needed.name() + " is defined any more"));
    }

    for (String column : contract.columns()) {
      missing(column, contract, views, spine).ifPresent(problems::add);
    }

    if (!problems.isEmpty()) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot feed "
              + version
              + ": "
              + String.join("; ", problems)
              + "; define again what it needs (a view may give more columns than a candidate uses),"
              + " or give the alias to a version that does without");
    }

    return new ContractViews(version, contract, views);
  }

  /** The views of a champion, among the definitions of a program. */
  public static ContractViews of(JobContext context, Champion champion) {
    return of(context.pipeline(), champion.version(), ModelContracts.of(context).of(champion));
  }

  private static Optional<FeatureViewDefinition> find(Pipeline pipeline, String name) {
    return pipeline.defined().stream().filter(view -> view.name().equals(name)).findFirst();
  }

  private static void requireKeys(
      SpineDefinition spine, FeatureViewDefinition view, List<String> problems) {
    if (!spine.hasKeysOf(view)) {
      problems.add(
          "view "
              + view.name()
              + " is joined by "
              + String.join(", ", view.keys().keySet())
              + ", spine "
              + spine.name()
              + " has "
              + String.join(", ", spine.inputColumns()));
    }
  }

  /** What to say of a column that is not there; one of a view that is gone was said with it. */
  private static Optional<String> missing(
      String column,
      ModelContract contract,
      List<FeatureViewDefinition> views,
      SpineDefinition spine) {
    if (!giving(views, List.of(column)).isEmpty() || spine.inputColumns().contains(column)) {
      return Optional.empty();
    }

    Optional<String> owner =
        contract.views().stream()
            .map(ModelContract.View::name)
            .filter(name -> column.startsWith(name + "__"))
            .max(Comparator.comparing(String::length));
    if (owner.isEmpty()) {
      return Optional.of(
          "spine "
              + spine.name()
              + " has no column "
              + column
              + " any more, it has "
              + String.join(", ", spine.inputColumns()));
    }

    return views.stream()
        .filter(view -> view.name().equals(owner.get()))
        .findFirst()
        .map(
            view ->
                "view "
                    + view.name()
                    + " has no column "
                    + column.substring(view.name().length() + 2)
                    + " any more, it has "
                    + String.join(", ", view.outputs().keySet()));
  }

  /**
   * Of some views, those that give one of the columns; all of them if none does, as a spine is
   * joined to at least one view.
   *
   * @param columns of the joined rows
   */
  public static List<FeatureViewDefinition> feeding(
      List<FeatureViewDefinition> views, Collection<String> columns) {
    List<FeatureViewDefinition> needed = giving(views, columns);
    return needed.isEmpty() ? views : needed;
  }

  private static List<FeatureViewDefinition> giving(
      List<FeatureViewDefinition> views, Collection<String> columns) {
    return views.stream()
        .filter(
            view -> view.outputs().keySet().stream().map(view::column).anyMatch(columns::contains))
        .toList();
  }

  /** A view as a contract names it. */
  public static ModelContract.View described(FeatureViewDefinition view) {
    return new ModelContract.View(view.name(), view.hash(), view.lookupHash());
  }

  /**
   * What two versions need together.
   *
   * @param views those of the first one, then the others of the second
   * @param columns of the joined rows
   */
  public record Union(List<FeatureViewDefinition> views, Set<String> columns) {
    /** Copies the collections. */
    public Union {
      views = List.copyOf(views);
      columns = Set.copyOf(columns);
    }
  }

  /** What this version and another one need together. */
  public Union and(ContractViews other) {
    return other.besides(views, contract.columns());
  }

  /** What this version needs together with views and columns that another one needs. */
  public Union besides(List<FeatureViewDefinition> first, Collection<String> columns) {
    Set<FeatureViewDefinition> all = new LinkedHashSet<>(first);
    all.addAll(views);
    Set<String> fed = new LinkedHashSet<>(columns);
    fed.addAll(contract.columns());
    return new Union(List.copyOf(all), fed);
  }

  /** Names of views whose definition is another one than the version was trained on. */
  public List<String> changed() {
    List<String> changed = new ArrayList<>();
    for (int i = 0; i < views.size(); i++) {
      if (!described(views.get(i)).equals(contract.views().get(i))) {
        changed.add(views.get(i).name());
      }
    }

    return changed;
  }
}
