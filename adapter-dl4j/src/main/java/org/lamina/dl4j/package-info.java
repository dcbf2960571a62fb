/** Runs Lamina on Deeplearning4j: the graph's primitives on ND4J arrays. */
@NullMarked
package org.lamina.dl4j;

import org.jspecify.annotations.NullMarked;
