/** What holds for TensorFlow alone: the facts that the adapter goes round, its memory and its threads. */
@NullMarked
package org.lamina.djl;

import org.jspecify.annotations.NullMarked;
