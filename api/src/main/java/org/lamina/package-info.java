/** What a user calls: backends, models, host arrays, shapes, element types and errors. */
@NullMarked
package org.lamina;

import org.jspecify.annotations.NullMarked;
