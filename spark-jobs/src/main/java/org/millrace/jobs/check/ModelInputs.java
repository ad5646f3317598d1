package org.millrace.jobs.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.definition.DefinitionLines;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.TrainingDefinition;

/**
 * Holds a model's inputs, and the keys by which views are joined, against the columns that spine
 * and views have. Driver only; reads no row.
 */
final class ModelInputs {
  private static final String ROOM = "training";

  private final DefinitionLines lines;
  private final Definitions definitions;
  private final TrainingDefinition training;
  private final List<Finding> findings = new ArrayList<>();

  ModelInputs(DefinitionLines lines, Definitions definitions, TrainingDefinition training) {
    this.lines = lines;
    this.definitions = definitions;
    this.training = training;
  }

  List<Finding> check(StructType spine) {
    Map<String, DataType> types = new HashMap<>();
    Arrays.stream(spine.fields()).forEach(field -> types.put(field.name(), field.dataType()));
    for (String name : training.views()) {
      FeatureViewDefinition view = Definitions.named(definitions.views(), "view", name);
      keys(view, spine);
      view.outputs()
          .forEach(
              (output, feature) ->
                  types.put(view.column(output), DataType.fromDDL(feature.type())));
    }

    for (String input : training.numeric()) {
      DataType type = types.get(input);
      if (type != null && !(type instanceof NumericType) && !(type instanceof BooleanType)) {
        wrong("numeric", input, "'%s' is %s, no number".formatted(input, type.sql()));
      }
    }

    for (String input : training.categorical()) {
      DataType type = types.get(input);
      if (type != null && !type.equals(DataTypes.StringType)) {
        wrong("categorical", input, "'%s' is %s, no text".formatted(input, type.sql()));
      }
    }

    return findings;
  }

  private void keys(FeatureViewDefinition view, StructType spine) {
    for (StructField field : spine.fields()) {
      String declared = view.keys().get(field.name());
      if (declared != null && !DataType.fromDDL(declared).equals(field.dataType())) {
        wrong(
            "views",
            view.name(),
            "key '%s' of %s is %s and %s in spine '%s': cast it in one of them"
                .formatted(
                    field.name(),
                    view.name(),
                    DataType.fromDDL(declared).sql(),
                    field.dataType().sql(),
                    training.spine()));
      }
    }
  }

  private void wrong(String key, String item, String what) {
    findings.add(
        new Finding(lines.of(ROOM, training.model(), key, item), "'" + key + "': " + what));
  }
}
