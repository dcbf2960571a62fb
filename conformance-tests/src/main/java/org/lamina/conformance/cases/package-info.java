/** What each primitive is checked with: shapes, axes, special values, dtypes. */
@NullMarked
package org.lamina.conformance.cases;

import org.jspecify.annotations.NullMarked;
