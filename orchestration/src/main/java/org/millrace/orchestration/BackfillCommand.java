package org.millrace.orchestration;

import java.util.ArrayList;
import java.util.List;
import org.millrace.contracts.Verb;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code backfill}: past days are made as they would be made now, or as they were. */
@Command
final class BackfillCommand extends JobCommand {
  @Mixin BackfillOptions backfill = new BackfillOptions();
  @Mixin SelectOption select = new SelectOption();
  @Mixin TreatOption treat = new TreatOption();

  private final CommandContext context;

  BackfillCommand(CommandContext context) {
    super(context, Verb.BACKFILL);
    this.context = context;
  }

  @Override
  List<String> otherArguments(String name) {
    List<String> words = new ArrayList<>(backfill.arguments());
    words.addAll(treat.arguments());
    words.addAll(select.arguments(context, name));
    return words;
  }
}
