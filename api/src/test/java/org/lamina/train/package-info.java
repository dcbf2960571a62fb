@NullMarked
package org.lamina.train;

import org.jspecify.annotations.NullMarked;
