package org.lamina.layers;

import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * Adds to (..., time, features) the sines and cosines that tell positions apart (Vaswani et al. 2017): feature 2 i of position t
 * gets sin(t / 10000^(2 i / features)), and feature 2 i + 1 the cosine of the same. Positions are counted from 0.
 */
public record PositionalEncoding() implements Layer {
    private static final double LONGEST = 10000;

    @Override
    public Tensor forward(Scope scope, Tensor x) {
        int rank = x.shape().rank();
        if (rank < 2) {
            throw scope.error(
                    ErrorCode.SHAPE, "x is " + x.shape() + " and must be (..., time, features). Reshape it first.");
        }
        long features = x.shape().dim(-1);
        Shape shape = Shape.of(x.shape().dim(-2), features);
        return x.add(scope.constant(HostArray.generate(
                new TensorType(DType.FLOAT64, shape),
                index -> encoding(index / features, index % features, features))));
    }

    private static double encoding(long position, long feature, long features) {
        long even = feature - feature % 2;
        double angle = position / StrictMath.pow(LONGEST, (double) even / features);
        return feature == even ? StrictMath.sin(angle) : StrictMath.cos(angle);
    }
}
