package org.lamina.port;

import org.lamina.Shape;
import org.lamina.layers.MultiHeadAttention;

/** The projections of attention with an axis for the heads, as Keras and Flax have them. */
final class Heads {
    private Heads() {}

    /** (in, units) as (in, heads, units / heads). */
    static Layout columns(MultiHeadAttention layer) {
        return Layout.reshaped(
                own -> Shape.of(own.extent(0)).concat(split(layer)),
                stored -> Shape.of(stored.extent(0), stored.extent(1) * stored.extent(2)));
    }

    /** (units) as (heads, units / heads). */
    static Layout bias(MultiHeadAttention layer) {
        return Layout.reshaped(own -> split(layer), stored -> Shape.of(stored.extent(0) * stored.extent(1)));
    }

    /** (units, out) as (heads, units / heads, out). */
    static Layout rows(MultiHeadAttention layer) {
        return Layout.reshaped(
                own -> split(layer).concat(Shape.of(own.extent(1))),
                stored -> Shape.of(stored.extent(0) * stored.extent(1), stored.extent(2)));
    }

    private static Shape split(MultiHeadAttention layer) {
        return Shape.of(layer.heads(), layer.units() / layer.heads());
    }
}
