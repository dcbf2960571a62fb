/**
 * Runs Lamina on DJL: the graph's primitives as ops on {@code NDArray}, one after another, with the PyTorch or the MXNet engine.
 *
 * <p>How this framework differs: it computes eagerly, so {@link org.lamina.spi.EagerExecutable} drives it. Every array belongs to
 * a manager, and an op's result to its first operand's; so a run has a manager of its own, works on views of its inputs that
 * belong to it, and closes it with all that is left. What leaves a run is detached and has one owner. The engines differ in what
 * they lack; the ways round are in {@code DjlDetours}. No gradient is recorded in a run, as Lamina's derivatives
 * are graphs themselves.
 *
 * <p>With MXNet a graph runs so only where MXNet has no program for it. Else {@code DjlSymbolLowering} writes it in the form in
 * which MXNet keeps graphs, once for each batch size, and {@code DjlSymbolRun} runs it by one call of MXNet's C interface
 * ({@code DjlMxnet}) on arrays without DJL's objects around them; DJL loads MXNet and has no part in a call. What it computes comes
 * later, in order, so a failure comes with the download.
 */
@NullMarked
package org.lamina.djl;

import org.jspecify.annotations.NullMarked;
