/**
 * The reference backend: every primitive as a plain Java loop, float64 throughout. It shares no code with an adapter or with
 * differentiation, so that where it agrees with a framework two independent computations do. It is slow on purpose: nothing
 * here is cleverer than the formula it computes.
 */
@NullMarked
package org.lamina.conformance.oracle;

import org.jspecify.annotations.NullMarked;
