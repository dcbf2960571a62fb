/** The traced graph: nodes, primitive operations, differentiation and simplification. */
@NullMarked
package org.lamina.graph;

import org.jspecify.annotations.NullMarked;
