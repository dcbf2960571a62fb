package org.lamina.conformance.oracle;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.Lowering;

/**
 * The primitives as the oracle computes them, in SPEC order; the loops are in the classes of each family.
 *
 * @param precision how precisely
 */
record OracleLowering(Precision precision) implements Lowering<OracleTensor> {
    private Arithmetic arithmetic(OracleTensor x) {
        return precision.of(x.dtype());
    }

    private OracleTensor function(OracleTensor x, DoubleUnaryOperator function) {
        Arithmetic arithmetic = arithmetic(x);
        return Elementwise.map(x, value -> arithmetic.function(function.applyAsDouble(value)));
    }

    /** An op of IEEE 754 on two floats. */
    private interface Operation {
        double apply(Arithmetic arithmetic, double x, double y);
    }

    private OracleTensor zip(OracleTensor x, OracleTensor y, Operation reals, LongBinaryOperator integers) {
        if (!x.isFloating()) {
            return Elementwise.zipIntegers(x, y, integers);
        }
        Arithmetic arithmetic = arithmetic(x);
        return Elementwise.zipReals(x, y, (a, b) -> reals.apply(arithmetic, a, b));
    }

    @Override
    public OracleTensor constant(HostArray value) {
        return OracleTensor.of(value);
    }

    @Override
    public OracleTensor neg(OracleTensor x) {
        return Elementwise.map(x, a -> -a, a -> -a);
    }

    @Override
    public OracleTensor abs(OracleTensor x) {
        return Elementwise.map(x, Math::abs, Math::abs);
    }

    @Override
    public OracleTensor sign(OracleTensor x) {
        return Elementwise.map(x, Math::signum, Long::signum);
    }

    @Override
    public OracleTensor floor(OracleTensor x) {
        return Elementwise.map(x, Math::floor);
    }

    @Override
    public OracleTensor exp(OracleTensor x) {
        return function(x, StrictMath::exp);
    }

    @Override
    public OracleTensor expm1(OracleTensor x) {
        return function(x, StrictMath::expm1);
    }

    @Override
    public OracleTensor log(OracleTensor x) {
        return function(x, StrictMath::log);
    }

    @Override
    public OracleTensor log1p(OracleTensor x) {
        return function(x, StrictMath::log1p);
    }

    @Override
    public OracleTensor sqrt(OracleTensor x) {
        return Elementwise.map(x, Math::sqrt);
    }

    @Override
    public OracleTensor sin(OracleTensor x) {
        return function(x, StrictMath::sin);
    }

    @Override
    public OracleTensor cos(OracleTensor x) {
        return function(x, StrictMath::cos);
    }

    @Override
    public OracleTensor tan(OracleTensor x) {
        return function(x, StrictMath::tan);
    }

    @Override
    public OracleTensor tanh(OracleTensor x) {
        return function(x, StrictMath::tanh);
    }

    @Override
    public OracleTensor sigmoid(OracleTensor x) {
        return function(x, Functions::sigmoid);
    }

    @Override
    public OracleTensor erf(OracleTensor x) {
        return function(x, ErrorFunction::erf);
    }

    @Override
    public OracleTensor not(OracleTensor x) {
        return OracleTensor.ofIntegers(x.type(), i -> 1 - x.integer(i));
    }

    @Override
    public OracleTensor add(OracleTensor x, OracleTensor y) {
        return zip(x, y, Arithmetic::add, Long::sum);
    }

    @Override
    public OracleTensor sub(OracleTensor x, OracleTensor y) {
        return zip(x, y, (arithmetic, a, b) -> arithmetic.add(a, -b), (a, b) -> a - b);
    }

    @Override
    public OracleTensor mul(OracleTensor x, OracleTensor y) {
        return zip(x, y, Arithmetic::mul, (a, b) -> a * b);
    }

    @Override
    public OracleTensor div(OracleTensor x, OracleTensor y) {
        Arithmetic arithmetic = arithmetic(x);
        return Elementwise.zipReals(x, y, arithmetic::div);
    }

    @Override
    public OracleTensor pow(OracleTensor x, OracleTensor y) {
        Arithmetic arithmetic = arithmetic(x);
        return Elementwise.zipReals(x, y, (a, b) -> arithmetic.function(Functions.pow(a, b)));
    }

    @Override
    public OracleTensor max(OracleTensor x, OracleTensor y) {
        return zip(x, y, (arithmetic, a, b) -> Math.max(a, b), Math::max);
    }

    @Override
    public OracleTensor min(OracleTensor x, OracleTensor y) {
        return zip(x, y, (arithmetic, a, b) -> Math.min(a, b), Math::min);
    }

    @Override
    public OracleTensor equal(OracleTensor x, OracleTensor y) {
        return Elementwise.compare(x, y, (a, b) -> a == b, (a, b) -> a == b);
    }

    @Override
    public OracleTensor less(OracleTensor x, OracleTensor y) {
        return Elementwise.compare(x, y, (a, b) -> a < b, (a, b) -> a < b);
    }

    @Override
    public OracleTensor lessEqual(OracleTensor x, OracleTensor y) {
        return Elementwise.compare(x, y, (a, b) -> a <= b, (a, b) -> a <= b);
    }

    @Override
    public OracleTensor and(OracleTensor x, OracleTensor y) {
        return Elementwise.zipIntegers(x, y, (a, b) -> a & b);
    }

    @Override
    public OracleTensor or(OracleTensor x, OracleTensor y) {
        return Elementwise.zipIntegers(x, y, (a, b) -> a | b);
    }

    @Override
    public OracleTensor select(OracleTensor condition, OracleTensor x, OracleTensor y) {
        return Elementwise.select(condition, x, y);
    }

    @Override
    public OracleTensor sum(OracleTensor x, int[] axes, boolean keepDims) {
        return x.isFloating()
                ? Reductions.reals(x, axes, keepDims, arithmetic(x)::sum)
                : Reductions.integers(x, axes, keepDims, 0, Long::sum);
    }

    @Override
    public OracleTensor mean(OracleTensor x, int[] axes, boolean keepDims) {
        Arithmetic arithmetic = arithmetic(x);
        return Reductions.reals(x, axes, keepDims, e -> arithmetic.div(arithmetic.sum(e), e.length));
    }

    @Override
    public OracleTensor reduceMax(OracleTensor x, int[] axes, boolean keepDims) {
        return x.isFloating()
                ? Reductions.reals(x, axes, keepDims, Reductions::max)
                : Reductions.integers(x, axes, keepDims, Long.MIN_VALUE, Math::max);
    }

    @Override
    public OracleTensor reduceMin(OracleTensor x, int[] axes, boolean keepDims) {
        return x.isFloating()
                ? Reductions.reals(x, axes, keepDims, Reductions::min)
                : Reductions.integers(x, axes, keepDims, Long.MAX_VALUE, Math::min);
    }

    @Override
    public OracleTensor prod(OracleTensor x, int[] axes, boolean keepDims) {
        return x.isFloating()
                ? Reductions.reals(x, axes, keepDims, arithmetic(x)::product)
                : Reductions.integers(x, axes, keepDims, 1, (a, b) -> a * b);
    }

    @Override
    public OracleTensor argMax(OracleTensor x, int axis) {
        return Reductions.argMax(x, axis);
    }

    @Override
    public OracleTensor count(OracleTensor x, int[] axes, DType dtype) {
        long count = Layout.of(x.shape()).axes(axes).shape().size();
        return OracleTensor.of(HostArray.full(new TensorType(dtype, Shape.scalar()), (double) count));
    }

    @Override
    public OracleTensor matmul(OracleTensor x, OracleTensor y) {
        return LinearAlgebra.matmul(x, y, precision);
    }

    @Override
    public OracleTensor reshape(OracleTensor x, Shape shape) {
        return x.reshape(shape);
    }

    @Override
    public OracleTensor transpose(OracleTensor x, int[] permutation) {
        return Structure.transpose(x, permutation);
    }

    @Override
    public OracleTensor broadcast(OracleTensor x, Shape shape) {
        return Structure.broadcast(x, shape);
    }

    @Override
    public OracleTensor concat(List<OracleTensor> tensors, int axis) {
        return Structure.concat(tensors, axis);
    }

    @Override
    public OracleTensor slice(OracleTensor x, int axis, long start, long length, long step) {
        return Structure.slice(x, axis, start, length, step);
    }

    @Override
    public OracleTensor pad(OracleTensor x, int axis, long before, long after, double value) {
        return Structure.pad(x, axis, before, after, value);
    }

    @Override
    public OracleTensor gather(OracleTensor x, OracleTensor indices, int axis) {
        return Indexing.gather(x, indices, axis);
    }

    @Override
    public OracleTensor scatterAdd(OracleTensor x, OracleTensor indices, int axis, long size) {
        return Indexing.scatterAdd(x, indices, axis, (int) size, precision);
    }

    @Override
    public OracleTensor cumSum(OracleTensor x, int axis, boolean exclusive, boolean reverse) {
        return Reductions.cumSum(x, axis, exclusive, reverse, precision);
    }

    @Override
    public OracleTensor cast(OracleTensor x, DType dtype) {
        return Elementwise.cast(x, dtype, precision);
    }
}
