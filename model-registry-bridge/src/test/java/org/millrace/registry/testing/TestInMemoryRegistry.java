package org.millrace.registry.testing;

import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.registry.ModelRegistryContract;

/** The double that other tests use does what the real ones do. */
class TestInMemoryRegistry extends ModelRegistryContract {
  private final InMemoryRegistry.Store store = new InMemoryRegistry.Store();

  @Override
  protected ModelRegistry openRegistry() {
    return new InMemoryRegistry(store);
  }

  @Override
  protected ModelRegistry unreachable() {
    store.up = false;
    return new InMemoryRegistry(store);
  }

  @Override
  protected void corrupt(ModelVersion version) {
    store.files.put(version + "/model.onnx", new byte[] {0});
  }

  @Override
  protected int countRuns(String experiment, String runKey) {
    return Math.toIntExact(
        store.runs.values().stream()
            .filter(run -> run.experiment().equals(experiment) && run.runKey().equals(runKey))
            .count());
  }

  @Override
  protected String linkStart() {
    return "memory:";
  }
}
