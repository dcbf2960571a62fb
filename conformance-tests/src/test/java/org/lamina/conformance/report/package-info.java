/** Tests of the report. */
@NullMarked
package org.lamina.conformance.report;

import org.jspecify.annotations.NullMarked;
