/** Losses, optimizers and the training loop. */
@NullMarked
package org.lamina.train;

import org.jspecify.annotations.NullMarked;
