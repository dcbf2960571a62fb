package org.lamina.layers;

import org.lamina.Shape;
import org.lamina.layer.Initializer;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * The reduction y_k = sum over i and j of W_ijk x_i x_j of (..., in) to (..., units): <i>Dive into Deep Learning</i>, section
 * 6.5, exercise 1. W is {@code weight} (in, in, units), drawn from N(0, 1). Only its part symmetric in i and j matters.
 *
 * @param units the size of the output's last axis
 */
public record TensorReduction(long units) implements Layer {
    /** Checks the size. */
    public TensorReduction {
        Configuration.requirePositive("TensorReduction", "units", units);
    }

    @Override
    public Tensor forward(Scope scope, Tensor x) {
        long in = x.shape().dim(-1);
        Tensor weight = scope.parameter("weight", Shape.of(in, in, units), Initializer.normal(0, 1));
        Shape leading = x.shape().slice(0, x.shape().rank() - 1);
        // x W for each row is a matrix (in, units), which the row multiplies once more.
        Tensor vector = leading.rank() == 0 ? x.expandDims(0) : x;
        Shape rows = leading.rank() == 0 ? Shape.of(1) : leading;
        Tensor matrices = vector.matmul(weight.reshape(in, in * units)).reshape(rows.concat(Shape.of(in, units)));
        Tensor reduced = vector.expandDims(-2).matmul(matrices);
        return reduced.reshape(leading.concat(Shape.of(units)));
    }
}
