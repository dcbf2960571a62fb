/** The networks as they are written by hand for this framework. */
@NullMarked
package org.lamina.benchmarks.tf;

import org.jspecify.annotations.NullMarked;
