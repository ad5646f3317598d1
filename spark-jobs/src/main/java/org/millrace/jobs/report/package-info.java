/**
 * REPORT: one self-contained HTML file that shows a model at work, pictures first. Driver only, and
 * no Spark: {@link org.millrace.jobs.report.HtmlReport} turns {@link
 * org.millrace.jobs.report.ReportData} into text. XChart draws the plots, Batik writes them as SVG,
 * FreeMarker fills {@code report.ftlh}.
 */
@NullMarked
package org.millrace.jobs.report;

import org.jspecify.annotations.NullMarked;
