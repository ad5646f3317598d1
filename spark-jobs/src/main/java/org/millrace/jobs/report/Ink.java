package org.millrace.jobs.report;

import java.awt.Color;

/**
 * Colours by role. Plots are drawn in colours that nobody would choose, and each is then replaced
 * by a CSS variable: so one picture serves light and dark.
 */
enum Ink {
  TEXT(1, "var(--muted)"),
  GRID(2, "var(--line)"),
  ACCENT(3, "var(--accent)"),
  ACCENT_SOFT(4, "var(--accent-soft)"),
  REFERENCE(5, "var(--faint)"),
  GROUND(6, "none");

  private final Color sentinel;
  private final String css;

  Ink(int number, String css) {
    this.sentinel = new Color(number, 77, 200 + number);
    this.css = css;
  }

  /** What the plot is drawn with. */
  Color sentinel() {
    return sentinel;
  }

  /** The CSS value that stands for {@code svgColor}, which stays itself where it is no sentinel. */
  static String css(String svgColor) {
    for (Ink ink : values()) {
      Color color = ink.sentinel;
      String rgb = "rgb(" + color.getRed() + "," + color.getGreen() + "," + color.getBlue() + ")";
      if (rgb.equals(svgColor)) {
        return ink.css;
      }
    }
    return svgColor;
  }
}
