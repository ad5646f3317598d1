package org.millrace.jobs.report;

import java.awt.Font;
import java.awt.font.FontRenderContext;
import java.awt.font.TextLayout;
import java.util.Optional;

/**
 * Asks whether this JVM can measure text: without any font on the machine it cannot draw a plot.
 */
final class PlotFonts {
  private PlotFonts() {}

  /** Why plots cannot be drawn, in a few words; empty where they can. */
  static Optional<String> problem() {
    try {
      Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 11);
      new TextLayout("0", font, new FontRenderContext(null, true, true)).getBounds();
      return Optional.empty();
    } catch (LinkageError | InternalError | RuntimeException e) {
      // The JDK reports a machine without fonts, fontconfig or FreeType in any of these ways.
      return Optional.of(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
    }
  }
}
