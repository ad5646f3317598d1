package org.millrace.jobs;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.definition.PlatformDefinition;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.registry.RegistryFactory;

/** Opens the registry at the first use, and closes it with the program. Not thread-safe. */
final class RegistryHolder implements Supplier<ModelRegistry>, AutoCloseable {
  private final PlatformDefinition platform;
  private final Map<String, String> environment;
  private @Nullable ModelRegistry registry;

  RegistryHolder(PlatformDefinition platform, Map<String, String> environment) {
    this.platform = requireNonNull(platform, "platform is null");
    this.environment = Map.copyOf(environment);
  }

  @Override
  public ModelRegistry get() {
    if (registry == null) {
      registry = RegistryFactory.open(platform, environment);
    }

    return registry;
  }

  @Override
  public void close() {
    if (registry != null) {
      registry.close();
    }
  }
}
