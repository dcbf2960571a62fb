/** What an adapter implements to bring a backend. */
@NullMarked
package org.lamina.spi;

import org.jspecify.annotations.NullMarked;
