/** The kit that checks layers and adapters against the specification. */
@NullMarked
package org.lamina.conformance;

import org.jspecify.annotations.NullMarked;
