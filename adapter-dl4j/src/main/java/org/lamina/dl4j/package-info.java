/**
 * Runs Lamina on Deeplearning4j's ND4J: the graph's primitives as ops on {@code INDArray}, one after another.
 *
 * <p>How this framework differs: it computes eagerly, so {@link org.lamina.spi.EagerExecutable} drives it. It has graphs too,
 * SameDiff, slower and with gradients that are partly wrong: the second lowering, onto those, is for who builds them. A view
 * shares its base's memory without keeping it alive, so only arrays with memory of their own are owned and closed, by the run that
 * made them. Results may be in Fortran order; what leaves a run is in C order. Greatest and least elements pass over NaN, products
 * and running sums of integers are refused, empty arrays are special: the ways round are in {@code Dl4jDetours}.
 */
@NullMarked
package org.lamina.dl4j;

import org.jspecify.annotations.NullMarked;
