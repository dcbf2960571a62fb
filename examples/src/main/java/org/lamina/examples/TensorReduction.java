package org.lamina.examples;

import org.lamina.Shape;
import org.lamina.layer.Initializer;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * y_k = sum over i and j of W_ijk x_i x_j for each row: the section's first exercise.
 *
 * @param units the size of the output's last axis
 */
public record TensorReduction(long units) implements Layer {
    @Override
    public Tensor forward(Scope scope, Tensor x) {
        long size = x.shape().dim(-1);
        Tensor weight = scope.parameter("weight", Shape.of(size, size, units), Initializer.normal(0, 1));
        return Tensor.einsum("bi,bj,ijk->bk", x, x, weight);
    }
}
