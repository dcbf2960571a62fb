/** What holds for Deeplearning4j alone: the facts that the adapter goes round, its memory and its threads. */
@NullMarked
package org.lamina.dl4j;

import org.jspecify.annotations.NullMarked;
