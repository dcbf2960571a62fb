/**
 * Runs Lamina on DJL: the graph's primitives as ops on {@code NDArray}, one after another, with the PyTorch or the MXNet engine.
 *
 * <p>How this framework differs: it computes eagerly, so {@link org.lamina.spi.EagerExecutable} drives it. Every array belongs to
 * a manager, and an op's result to its first operand's; so a run has a manager of its own, works on views of its inputs that
 * belong to it, and closes it with all that is left. What leaves a run is detached and has one owner. The engines differ in what
 * they lack; the ways round are in {@code DjlDetours}. No gradient is recorded in a run, as Lamina's derivatives
 * are graphs themselves.
 */
@NullMarked
package org.lamina.djl;

import org.jspecify.annotations.NullMarked;
