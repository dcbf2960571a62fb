/** What a layer author writes with: a layer, its scope, symbolic tensors and initializers. */
@NullMarked
package org.lamina.layer;

import org.jspecify.annotations.NullMarked;
