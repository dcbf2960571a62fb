/**
 * Runs Lamina on DJL with the PyTorch or the MXNet engine, each of which gets a graph whole, as a program of its own kind.
 *
 * <p>How this framework differs: it has no graphs itself, and a call of an engine through it costs more than a small op. For
 * PyTorch {@code DjlScriptLowering} writes the graph as TorchScript, good for every batch size, which {@code DjlScript} loads
 * from memory and runs by one call of DJL's native interface ({@code DjlTorch}). For MXNet {@code DjlSymbolLowering} writes it
 * in the form in which MXNet keeps graphs, once for each batch size, and {@code DjlSymbolRun} runs it by one call of MXNet's C
 * interface ({@code DjlMxnet}); what it computes comes later, in order, so a failure comes with the download. Both work on
 * arrays without DJL's objects around them.
 *
 * <p>What an engine cannot have in a program, such as a user's block, runs op by op on {@code NDArray} by {@code DjlLowering},
 * driven by {@link org.lamina.spi.EagerExecutable}, as do layers inside DJL's own models. Every array belongs to a manager, and
 * an op's result to its first operand's; so a run has a manager of its own, works on views of its inputs that belong to it, and
 * closes it with all that is left. What the engines lack or get wrong is in the classes named Detours.
 */
@NullMarked
package org.lamina.djl;

import org.jspecify.annotations.NullMarked;
