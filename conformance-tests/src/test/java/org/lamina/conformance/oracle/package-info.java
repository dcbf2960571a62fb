/** Tests of the oracle itself. */
@NullMarked
package org.lamina.conformance.oracle;

import org.jspecify.annotations.NullMarked;
