/** What the documents say is what the code does. */
@NullMarked
package org.lamina.documentation;

import org.jspecify.annotations.NullMarked;
