package org.lamina.layer;

import java.util.Arrays;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.Gather;
import org.lamina.graph.Input;
import org.lamina.graph.Slice;

/** What a layer author writes about shapes and positions, turned into what the primitives take. */
final class Shapes {
    private Shapes() {}

    /** The shape for sizes of which one may be -1. */
    static Shape infer(Tensor x, long... sizes) {
        long unknown = Arrays.stream(sizes).filter(size -> size == -1).count();
        if (unknown > 1 || Arrays.stream(sizes).anyMatch(size -> size < -1)) {
            throw x.graph()
                    .located(
                            ErrorCode.SHAPE,
                            "reshape: " + Arrays.toString(sizes)
                                    + " leaves more than one size open. Write -1 once at most.");
        }
        if (unknown == 0) {
            return Shape.of(sizes);
        }
        long known = Shape.of(sizes).closedSize();
        if (x.shape().isOpen() && x.shape().closedSize() == known) {
            return Shape.of(sizes);
        }
        long size = x.shape().size();
        if (known == 0 || size % known != 0) {
            throw x.graph()
                    .located(
                            ErrorCode.SHAPE,
                            "reshape: x is " + x.shape() + " with " + size + " elements, which " + known
                                    + " does not divide. Give sizes whose product divides it.");
        }
        return Shape.of(
                Arrays.stream(sizes).map(s -> s == -1 ? size / known : s).toArray());
    }

    /** Python's slice start:stop:step. */
    static Slice slice(Tensor x, int axis, long start, long stop, long step) {
        int place = x.axis(axis);
        if (step == 0) {
            throw x.graph().located(ErrorCode.RANGE, "slice: the step is 0. Give a positive or negative step.");
        }
        long size = x.shape().dim(place);
        long least = step > 0 ? 0 : -1;
        long from = Math.min(Math.max(start < 0 ? start + size : start, least), size + least);
        long to = Math.min(Math.max(stop < 0 ? stop + size : stop, least), size + least);
        long distance = step > 0 ? to - from : from - to;
        long length = distance <= 0 ? 0 : 1 + Math.abs((distance - 1) / step);
        return new Slice(place, length == 0 ? 0 : from, length, step);
    }

    static Tensor gather(Tensor x, int axis, Tensor indices) {
        boolean given = indices.node().op() instanceof Input;
        Tensor inside =
                given ? indices : indices.maximum(0).minimum((double) (x.shape().dim(axis) - 1));
        return x.apply(new Gather(axis), inside);
    }

    static Tensor oneHot(Tensor indices, long depth, DType dtype) {
        if (!indices.dtype().isInteger()) {
            throw indices.graph()
                    .located(
                            ErrorCode.DTYPE,
                            "oneHot: the indices are " + indices.dtype() + ". Use cast to int32 or int64 first.");
        }
        HostArray positions = HostArray.generate(new TensorType(indices.dtype(), Shape.of(depth)), i -> i);
        return indices.expandDims(-1)
                .equal(indices.wrap(indices.graph().constant(positions)))
                .cast(dtype);
    }
}
