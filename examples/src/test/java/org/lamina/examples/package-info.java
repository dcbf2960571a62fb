@NullMarked
package org.lamina.examples;

import org.jspecify.annotations.NullMarked;
