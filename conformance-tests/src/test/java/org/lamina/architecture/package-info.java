/** Holds the project to its own drawing: who may see whom, and what mirrors what. */
@NullMarked
package org.lamina.architecture;

import org.jspecify.annotations.NullMarked;
