package org.lamina.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.List;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.Lowering;
import org.lamina.graph.NativeFunction;

/** The primitives as DJL's own ops, one by one, in SPEC order. */
final class DjlLowering implements Lowering<NDArray> {
    private final NDManager manager;
    private final DjlDetours detours;

    /** @param manager what is made from nothing belongs to it */
    DjlLowering(NDManager manager, boolean mxnet) {
        this.manager = manager;
        this.detours = new DjlDetours(manager, mxnet);
    }

    @Override
    public NDArray constant(HostArray value) {
        return DjlArray.upload(manager, value);
    }

    @Override
    public NDArray neg(NDArray x) {
        return x.neg();
    }

    @Override
    public NDArray abs(NDArray x) {
        return detours.abs(x);
    }

    @Override
    public NDArray sign(NDArray x) {
        return detours.sign(x);
    }

    @Override
    public NDArray floor(NDArray x) {
        return x.floor();
    }

    @Override
    public NDArray exp(NDArray x) {
        return x.exp();
    }

    @Override
    public NDArray expm1(NDArray x) {
        return detours.expm1(x);
    }

    @Override
    public NDArray log(NDArray x) {
        return x.log();
    }

    @Override
    public NDArray log1p(NDArray x) {
        return detours.log1p(x);
    }

    @Override
    public NDArray sqrt(NDArray x) {
        return x.sqrt();
    }

    @Override
    public NDArray sin(NDArray x) {
        return x.sin();
    }

    @Override
    public NDArray cos(NDArray x) {
        return x.cos();
    }

    @Override
    public NDArray tan(NDArray x) {
        return x.tan();
    }

    @Override
    public NDArray tanh(NDArray x) {
        return x.tanh();
    }

    @Override
    public NDArray sigmoid(NDArray x) {
        return detours.sigmoid(x);
    }

    @Override
    public NDArray erf(NDArray x) {
        return x.erf();
    }

    @Override
    public NDArray not(NDArray x) {
        return x.logicalNot();
    }

    @Override
    public NDArray add(NDArray x, NDArray y) {
        return detours.binary(x, y, NDArray::add);
    }

    @Override
    public NDArray sub(NDArray x, NDArray y) {
        return detours.binary(x, y, NDArray::sub);
    }

    @Override
    public NDArray mul(NDArray x, NDArray y) {
        return detours.binary(x, y, NDArray::mul);
    }

    @Override
    public NDArray div(NDArray x, NDArray y) {
        return detours.binary(x, y, NDArray::div);
    }

    @Override
    public NDArray pow(NDArray x, NDArray y) {
        return detours.binary(x, y, NDArray::pow);
    }

    @Override
    public NDArray max(NDArray x, NDArray y) {
        return detours.binary(x, y, NDArray::maximum);
    }

    @Override
    public NDArray min(NDArray x, NDArray y) {
        return detours.binary(x, y, NDArray::minimum);
    }

    @Override
    public NDArray equal(NDArray x, NDArray y) {
        return detours.binary(x, y, NDArray::eq);
    }

    @Override
    public NDArray less(NDArray x, NDArray y) {
        return detours.binary(x, y, NDArray::lt);
    }

    @Override
    public NDArray lessEqual(NDArray x, NDArray y) {
        return detours.binary(x, y, NDArray::lte);
    }

    @Override
    public NDArray and(NDArray x, NDArray y) {
        return detours.logical(x, y, NDArray::logicalAnd);
    }

    @Override
    public NDArray or(NDArray x, NDArray y) {
        return detours.logical(x, y, NDArray::logicalOr);
    }

    @Override
    public NDArray select(NDArray condition, NDArray x, NDArray y) {
        return detours.select(condition, x, y);
    }

    @Override
    public NDArray sum(NDArray x, int[] axes, boolean keepDims) {
        return detours.sum(x, axes, keepDims);
    }

    @Override
    public NDArray mean(NDArray x, int[] axes, boolean keepDims) {
        return detours.mean(x, axes, keepDims);
    }

    @Override
    public NDArray reduceMax(NDArray x, int[] axes, boolean keepDims) {
        return detours.eachAxis(x, axes, keepDims, NDArray::max);
    }

    @Override
    public NDArray reduceMin(NDArray x, int[] axes, boolean keepDims) {
        return detours.eachAxis(x, axes, keepDims, NDArray::min);
    }

    @Override
    public NDArray prod(NDArray x, int[] axes, boolean keepDims) {
        return detours.prod(x, axes, keepDims);
    }

    @Override
    public NDArray argMax(NDArray x, int axis) {
        return x.argMax(axis);
    }

    @Override
    public NDArray count(NDArray x, int[] axes, DType dtype) {
        return detours.count(x, axes, dtype);
    }

    @Override
    public NDArray matmul(NDArray x, NDArray y) {
        return detours.matmul(x, y);
    }

    @Override
    public NDArray reshape(NDArray x, Shape shape) {
        return x.reshape(DjlArray.shape(shape));
    }

    @Override
    public NDArray transpose(NDArray x, int[] permutation) {
        return detours.transpose(x, permutation);
    }

    @Override
    public NDArray broadcast(NDArray x, Shape shape) {
        return detours.broadcast(x, DjlArray.shape(shape));
    }

    @Override
    public NDArray concat(List<NDArray> tensors, int axis) {
        return NDArrays.concat(new NDList(tensors), axis);
    }

    @Override
    public NDArray slice(NDArray x, int axis, long start, long length, long step) {
        return detours.slice(x, axis, start, length, step);
    }

    @Override
    public NDArray pad(NDArray x, int axis, long before, long after, double value) {
        return detours.pad(x, axis, before, after, value);
    }

    @Override
    public NDArray gather(NDArray x, NDArray indices, int axis) {
        return detours.gather(x, indices, axis);
    }

    @Override
    public NDArray scatterAdd(NDArray x, NDArray indices, int axis, long size) {
        return detours.scatterAdd(x, indices, axis, size);
    }

    @Override
    public NDArray cumSum(NDArray x, int axis, boolean exclusive, boolean reverse) {
        return detours.cumSum(x, axis, exclusive, reverse);
    }

    @Override
    public NDArray cast(NDArray x, DType dtype) {
        return x.toType(DjlArray.dataType(dtype), false);
    }

    @Override
    public NDArray stopGradient(NDArray x) {
        return x.stopGradient();
    }

    @Override
    public NDArray nativeCall(NativeFunction function, TensorType type, List<NDArray> operands) {
        return function instanceof DjlNativeFunction own
                ? own.compute(manager, type, operands)
                : Lowering.super.nativeCall(function, type, operands);
    }
}
