/** The kit for adapter authors as JUnit tests; apart, since nothing else of the kit needs JUnit. */
@NullMarked
package org.lamina.conformance.junit;

import org.jspecify.annotations.NullMarked;
