/** The report of a conformance run: one page for readers, Markdown, JSON and JUnit XML, all of the same cells. */
@NullMarked
package org.lamina.conformance.report;

import org.jspecify.annotations.NullMarked;
