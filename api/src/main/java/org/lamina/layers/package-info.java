/** The layers that come with Lamina, those of the book's chapter first. */
@NullMarked
package org.lamina.layers;

import org.jspecify.annotations.NullMarked;
