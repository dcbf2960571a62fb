@NullMarked
package org.lamina.benchmarks;

import org.jspecify.annotations.NullMarked;
