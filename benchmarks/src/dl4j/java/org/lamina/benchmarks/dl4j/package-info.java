/** The networks as they are written by hand for this framework. */
@NullMarked
package org.lamina.benchmarks.dl4j;

import org.jspecify.annotations.NullMarked;
