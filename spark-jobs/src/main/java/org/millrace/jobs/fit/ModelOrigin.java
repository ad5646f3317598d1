package org.millrace.jobs.fit;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.TrainingDefinition;

/**
 * What an exported file has about its origin, as properties of the model.
 *
 * @param model its name
 * @param definition SHA-256 of what it was made by, but for the rows
 * @param trainingSet that it was fitted on; empty if that is no table
 */
record ModelOrigin(String model, String definition, Optional<TableVersion> trainingSet) {
  static ModelOrigin of(TrainingDefinition definition, Optional<TableVersion> trainingSet) {
    return new ModelOrigin(definition.model(), definition.hash(), trainingSet);
  }

  Map<String, String> properties(String algorithm) {
    Map<String, String> properties = new TreeMap<>();
    properties.put("name", model);
    properties.put("algorithm", algorithm);
    properties.put("definition", definition);
    trainingSet.ifPresent(table -> properties.put("training_set", table.toString()));
    return properties;
  }
}
