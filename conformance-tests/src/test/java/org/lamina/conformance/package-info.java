/** The suite run on every backend that the profile of this build brings, and tests of the suite itself. */
@NullMarked
package org.lamina.conformance;

import org.jspecify.annotations.NullMarked;
