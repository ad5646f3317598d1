package org.millrace.orchestration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.DefinitionSchema;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** JSON Schemas of definitions, for editors. Starts no Spark. */
@Command(
    mixinStandardHelpOptions = true,
    description = "Print the JSON Schema of a kind of definition, for editors.")
final class SchemaCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "KIND",
      description = "platform, source, view, spine, label, training, gate, scoring or monitoring.")
  @Nullable String kind;

  @Mixin ConfOption options = new ConfOption();

  @Option(
      names = "--write",
      description = "Write the schemas of all kinds into schemas/ of the definitions instead.")
  boolean write;

  SchemaCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (write == (kind != null)) {
      throw wrong("Cannot print a schema: expected a KIND, or --write");
    }

    if (kind != null) {
      context.out().print(named(kind).text());
      return 0;
    }

    Path conf = options.launch().directory(context);
    if (!Files.isDirectory(conf)) {
      throw wrong("Cannot write schemas into " + conf + ": there is no such directory");
    }

    write(conf);
    context
        .out()
        .printf(
            "Wrote %d schemas into %s; an editor uses the one that the first line of a file names, such as%n%s",
            DefinitionSchema.values().length,
            conf.resolve(DefinitionSchema.DIRECTORY),
            DefinitionSchema.SOURCE.comment());
    return 0;
  }

  private static void write(Path conf) {
    try {
      Files.createDirectories(conf.resolve(DefinitionSchema.DIRECTORY));
      for (DefinitionSchema schema : DefinitionSchema.values()) {
        Files.writeString(conf.resolve(schema.file()), schema.text());
      }
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot write schemas into %s: %s; make it a directory that can be written"
              .formatted(conf.resolve(DefinitionSchema.DIRECTORY), e),
          e);
    }
  }

  private static DefinitionSchema named(String word) {
    return Arrays.stream(DefinitionSchema.values())
        .filter(schema -> schema.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                wrong(
                    "Cannot print the schema of '%s': expected one of %s"
                        .formatted(
                            word,
                            Arrays.stream(DefinitionSchema.values())
                                .map(DefinitionSchema::word)
                                .collect(Collectors.joining(", ")))));
  }

  private static MillraceException wrong(String message) {
    return new MillraceException(ErrorCategory.DEFINITION, message);
  }
}
