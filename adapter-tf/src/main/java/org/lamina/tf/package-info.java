/** Runs Lamina on TensorFlow Java: the graph's primitives as TensorFlow operations. */
@NullMarked
package org.lamina.tf;

import org.jspecify.annotations.NullMarked;
