/**
 * Moving models between frameworks: a format reads a model into neutral layers and weights, or writes it from them. What a format
 * calls the parameters of a layer and how it lays them out is a list of {@link org.lamina.port.StoredTensor}, used both ways.
 */
@NullMarked
package org.lamina.port;

import org.jspecify.annotations.NullMarked;
