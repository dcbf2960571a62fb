/** Hostile files that every reader must refuse, and the inputs that once did harm. */
@NullMarked
package org.lamina.fuzz;

import org.jspecify.annotations.NullMarked;
