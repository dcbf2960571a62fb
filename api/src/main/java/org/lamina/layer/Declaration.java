package org.lamina.layer;

import org.lamina.TensorType;

/**
 * A value that a layer declared: a parameter, a constant or a state.
 *
 * @param path where it is, such as {@code 0.weight}
 * @param type its dtype and shape
 * @param initializer what it starts with
 * @param role what training does to it
 */
public record Declaration(String path, TensorType type, Initializer initializer, Role role) {}
