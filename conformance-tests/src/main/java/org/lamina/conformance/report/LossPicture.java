package org.lamina.conformance.report;

/**
 * Losses of training runs, drawn.
 *
 * @param title what was trained
 * @param svg the curves
 */
record LossPicture(String title, String svg) {}
