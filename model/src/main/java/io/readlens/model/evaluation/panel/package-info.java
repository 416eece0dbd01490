/**
 * Panels: sets of reads that say what a model does on what a real run holds besides clean reads of
 * known genera, and how it is scored on them. {@link io.readlens.model.evaluation.panel.Panels}
 * makes the reads, from sequences that it is given and a seed; {@link
 * io.readlens.model.evaluation.panel.PanelRun} shows them to a model and counts. Knows neither
 * files nor how figures are shown.
 *
 * <p>Traps: a truth of {@code NA} is not judged, one of {@code none} makes every call wrong; reads
 * of one row may come from one genome, which makes Wilson intervals too narrow; reads drawn again
 * make a sample coarser, so that the bootstrap of a distance such as L1 lies too high, and that of
 * a count of genera of few reads too low, even below the count.
 */
package io.readlens.model.evaluation.panel;
