/**
 * Neutral models measured beside hand-written code of the same network in the framework they run on.
 *
 * <p>{@link org.lamina.benchmarks.Network} lists what is run, {@link org.lamina.benchmarks.Workload} is one side of a comparison,
 * {@link org.lamina.benchmarks.HandWritten} is found with ServiceLoader: one for each framework the profile brings.
 */
@NullMarked
package org.lamina.benchmarks;

import org.jspecify.annotations.NullMarked;
