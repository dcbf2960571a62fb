/** The lamina command. */
@NullMarked
package org.lamina.cli;

import org.jspecify.annotations.NullMarked;
