package org.lamina.dl4j;

import java.util.Arrays;
import java.util.List;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.graph.Lowering;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.TransformOp;
import org.nd4j.linalg.api.ops.impl.transforms.floating.Sqrt;
import org.nd4j.linalg.api.ops.impl.transforms.same.Abs;
import org.nd4j.linalg.api.ops.impl.transforms.same.Floor;
import org.nd4j.linalg.api.ops.impl.transforms.same.Negative;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Cos;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erf;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Expm1;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Log;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Log1p;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Sigmoid;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Sin;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Tan;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Tanh;
import org.nd4j.linalg.factory.Nd4j;

/** The primitives as ND4J ops, one by one, in SPEC order. */
final class Dl4jLowering implements Lowering<INDArray> {
    private final Dl4jRun run;
    private final Dl4jDetours detours;

    Dl4jLowering(Dl4jRun run) {
        this.run = run;
        this.detours = new Dl4jDetours(this);
    }

    /** A transform makes its result in the array given for it, so that none is written in place. */
    private interface Transform {
        TransformOp of(INDArray x, INDArray result);
    }

    private INDArray transform(INDArray x, Transform transform) {
        if (x.isEmpty()) {
            return x;
        }
        INDArray result = run.own(Nd4j.createUninitialized(x.dataType(), x.shape(), 'c'));
        return Nd4j.exec(transform.of(x, result));
    }

    INDArray exec(String op, INDArray... operands) {
        return exec(op, new int[0], operands);
    }

    INDArray exec(String op, int[] arguments, INDArray... operands) {
        return exec(DynamicCustomOp.builder(op).addInputs(operands).addIntegerArguments(arguments));
    }

    INDArray exec(DynamicCustomOp.DynamicCustomOpsBuilder op) {
        return own(Nd4j.exec(op.build())[0]);
    }

    INDArray own(INDArray made) {
        return run.own(made);
    }

    private INDArray reduce(String op, INDArray x, int[] axes, boolean keepDims) {
        return exec(DynamicCustomOp.builder(op)
                .addInputs(x)
                .addIntegerArguments(axes)
                .addBooleanArguments(keepDims));
    }

    @Override
    public INDArray constant(HostArray value) {
        return own(Dl4jArray.of(value).array());
    }

    @Override
    public INDArray neg(INDArray x) {
        return transform(x, Negative::new);
    }

    @Override
    public INDArray abs(INDArray x) {
        return transform(x, Abs::new);
    }

    @Override
    public INDArray sign(INDArray x) {
        return detours.sign(x);
    }

    @Override
    public INDArray floor(INDArray x) {
        return transform(x, Floor::new);
    }

    @Override
    public INDArray exp(INDArray x) {
        return transform(x, Exp::new);
    }

    @Override
    public INDArray expm1(INDArray x) {
        return transform(x, Expm1::new);
    }

    @Override
    public INDArray log(INDArray x) {
        return transform(x, Log::new);
    }

    @Override
    public INDArray log1p(INDArray x) {
        return transform(x, Log1p::new);
    }

    @Override
    public INDArray sqrt(INDArray x) {
        return x.isEmpty() ? x : Nd4j.exec(new Sqrt(x, own(Nd4j.createUninitialized(x.dataType(), x.shape(), 'c'))));
    }

    @Override
    public INDArray sin(INDArray x) {
        return transform(x, Sin::new);
    }

    @Override
    public INDArray cos(INDArray x) {
        return transform(x, Cos::new);
    }

    @Override
    public INDArray tan(INDArray x) {
        return transform(x, Tan::new);
    }

    @Override
    public INDArray tanh(INDArray x) {
        return transform(x, Tanh::new);
    }

    @Override
    public INDArray sigmoid(INDArray x) {
        return transform(x, Sigmoid::new);
    }

    @Override
    public INDArray erf(INDArray x) {
        return transform(x, Erf::new);
    }

    @Override
    public INDArray not(INDArray x) {
        return exec("boolean_not", x);
    }

    @Override
    public INDArray add(INDArray x, INDArray y) {
        return exec("add", x, y);
    }

    @Override
    public INDArray sub(INDArray x, INDArray y) {
        return exec("subtract", x, y);
    }

    @Override
    public INDArray mul(INDArray x, INDArray y) {
        return exec("multiply", x, y);
    }

    @Override
    public INDArray div(INDArray x, INDArray y) {
        return exec("divide", x, y);
    }

    @Override
    public INDArray pow(INDArray x, INDArray y) {
        return exec("Pow", x, y);
    }

    @Override
    public INDArray max(INDArray x, INDArray y) {
        return detours.extremum("maximum", x, y);
    }

    @Override
    public INDArray min(INDArray x, INDArray y) {
        return detours.extremum("minimum", x, y);
    }

    @Override
    public INDArray equal(INDArray x, INDArray y) {
        return exec("equals", x, y);
    }

    @Override
    public INDArray less(INDArray x, INDArray y) {
        return exec("less", x, y);
    }

    @Override
    public INDArray lessEqual(INDArray x, INDArray y) {
        return exec("less_equal", x, y);
    }

    @Override
    public INDArray and(INDArray x, INDArray y) {
        return exec("boolean_and", x, y);
    }

    @Override
    public INDArray or(INDArray x, INDArray y) {
        return exec("boolean_or", x, y);
    }

    @Override
    public INDArray select(INDArray condition, INDArray x, INDArray y) {
        return detours.select(condition, x, y);
    }

    @Override
    public INDArray sum(INDArray x, int[] axes, boolean keepDims) {
        return reduce("reduce_sum", x, axes, keepDims);
    }

    @Override
    public INDArray mean(INDArray x, int[] axes, boolean keepDims) {
        return reduce("reduce_mean", x, axes, keepDims);
    }

    @Override
    public INDArray reduceMax(INDArray x, int[] axes, boolean keepDims) {
        return detours.withNaN(x, reduce("reduce_max", x, axes, keepDims), axes, keepDims);
    }

    @Override
    public INDArray reduceMin(INDArray x, int[] axes, boolean keepDims) {
        return detours.withNaN(x, reduce("reduce_min", x, axes, keepDims), axes, keepDims);
    }

    @Override
    public INDArray prod(INDArray x, int[] axes, boolean keepDims) {
        return x.dataType().isFPType()
                ? reduce("reduce_prod", x, axes, keepDims)
                : detours.integerProd(x, axes, keepDims);
    }

    @Override
    public INDArray argMax(INDArray x, int axis) {
        return detours.argMax(x, axis);
    }

    @Override
    public INDArray count(INDArray x, int[] axes, DType dtype) {
        long count = Arrays.stream(axes).mapToLong(x::size).reduce(1, (a, b) -> a * b);
        return own(Nd4j.scalar(Dl4jArray.dataType(dtype), count));
    }

    @Override
    public INDArray matmul(INDArray x, INDArray y) {
        return detours.matmul(x, y);
    }

    @Override
    public INDArray reshape(INDArray x, Shape shape) {
        return x.isEmpty() ? empty(x.dataType(), shape.toArray()) : own(x.reshape('c', false, shape.toArray()));
    }

    INDArray empty(DataType type, long... shape) {
        return Nd4j.create(type, shape);
    }

    @Override
    public INDArray transpose(INDArray x, int[] permutation) {
        return x.isEmpty() || x.rank() == 0
                ? reshape(
                        x,
                        Shape.of(Arrays.stream(permutation).mapToLong(x::size).toArray()))
                : own(x.permute(permutation));
    }

    @Override
    public INDArray broadcast(INDArray x, Shape shape) {
        return detours.broadcast(x, shape.toArray());
    }

    @Override
    public INDArray concat(List<INDArray> tensors, int axis) {
        return detours.concat(tensors, axis);
    }

    @Override
    public INDArray slice(INDArray x, int axis, long start, long length, long step) {
        return detours.slice(x, axis, start, length, step);
    }

    @Override
    public INDArray pad(INDArray x, int axis, long before, long after, double value) {
        return detours.pad(x, axis, before, after, value);
    }

    @Override
    public INDArray gather(INDArray x, INDArray indices, int axis) {
        return detours.gather(x, indices, axis);
    }

    @Override
    public INDArray scatterAdd(INDArray x, INDArray indices, int axis, long size) {
        return detours.scatterAdd(x, indices, axis, size);
    }

    @Override
    public INDArray cumSum(INDArray x, int axis, boolean exclusive, boolean reverse) {
        return detours.cumSum(x, axis, exclusive, reverse);
    }

    @Override
    public INDArray cast(INDArray x, DType dtype) {
        DataType type = Dl4jArray.dataType(dtype);
        return x.isEmpty() ? empty(type, x.shape()) : x.dataType() == type ? x : own(x.castTo(type));
    }
}
