package org.lamina.layers;

import java.util.List;
import org.lamina.layer.MultiLayer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * Joins its inputs, one after another along an axis; their other axes are equal.
 *
 * @param axis counts from the end if negative, the last by default
 */
public record Concat(int axis) implements MultiLayer {
    /** Along the last axis. */
    public Concat() {
        this(-1);
    }

    @Override
    public List<Tensor> forward(Scope scope, List<Tensor> inputs) {
        return List.of(Tensor.concat(axis, inputs.toArray(Tensor[]::new)));
    }
}
