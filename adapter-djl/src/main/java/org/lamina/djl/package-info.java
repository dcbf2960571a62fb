/** Runs Lamina on DJL: the graph's primitives on the NDArray of the PyTorch or the MXNet engine. */
@NullMarked
package org.lamina.djl;

import org.jspecify.annotations.NullMarked;
