/**
 * Runs Lamina on TensorFlow Java: the graph's primitives as TensorFlow operations.
 *
 * <p>How this framework differs: it takes a whole graph, not one op after another, so a compiled graph is one TensorFlow graph
 * with its session ({@link org.lamina.tf.TfRun}) and the lowering makes graph nodes, not tensors. Open sizes stay unknown in
 * it, so it is built once for every batch size; shapes that need the size read it at run time from the first input that has it.
 * TensorFlow frees intermediate values by counting references; what a run returns is one tensor with one owner.
 */
@NullMarked
package org.lamina.tf;

import org.jspecify.annotations.NullMarked;
