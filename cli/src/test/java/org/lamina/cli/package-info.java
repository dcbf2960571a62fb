/** The commands, run in this JVM on the backends that the profile brings. */
@NullMarked
package org.lamina.cli;

import org.jspecify.annotations.NullMarked;
