/** Readers of files, given hostile ones. */
@NullMarked
package org.lamina.fuzz;

import org.jspecify.annotations.NullMarked;
