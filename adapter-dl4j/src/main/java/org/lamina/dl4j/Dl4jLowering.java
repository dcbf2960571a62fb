package org.lamina.dl4j;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.Lowering;
import org.lamina.graph.NativeFunction;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.TransformOp;
import org.nd4j.linalg.api.ops.impl.transforms.any.Assign;
import org.nd4j.linalg.api.ops.impl.transforms.floating.Sqrt;
import org.nd4j.linalg.api.ops.impl.transforms.same.Abs;
import org.nd4j.linalg.api.ops.impl.transforms.same.Floor;
import org.nd4j.linalg.api.ops.impl.transforms.same.Negative;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Cos;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erf;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Log;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Sigmoid;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Sin;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Tan;

/** The primitives as ND4J ops, one by one, in SPEC order. */
final class Dl4jLowering implements Lowering<INDArray> {
    /** Copies elements of any dtype into one of any dtype. */
    static final TransformOp ASSIGN = new Assign();

    static final TransformOp NEG = new Negative();

    private static final int NONE = -1;

    private static final TransformOp ABS = new Abs();
    private static final TransformOp FLOOR = new Floor();
    private static final TransformOp EXP = new Exp();
    private static final TransformOp LOG = new Log();
    private static final TransformOp SQRT = new Sqrt();
    private static final TransformOp SIN = new Sin();
    private static final TransformOp COS = new Cos();
    private static final TransformOp TAN = new Tan();
    private static final TransformOp SIGMOID = new Sigmoid();
    private static final TransformOp ERF = new Erf();

    private final Dl4jRun run;
    private final Dl4jDetours detours;
    private final int overwritten;

    Dl4jLowering(Dl4jRun run) {
        this.run = run;
        this.detours = new Dl4jDetours(run, this);
        this.overwritten = NONE;
    }

    /** @param overwritten the operand, 0 or 1, over which what is one op of ND4J writes its result */
    Dl4jLowering(Dl4jLowering plain, int overwritten) {
        this.run = plain.run;
        this.detours = plain.detours;
        this.overwritten = overwritten;
    }

    /** An op on each element. */
    INDArray map(TransformOp op, INDArray x) {
        return run.exec(op, overwritten == 0 ? x : run.create(x.dataType(), x.shape()), x);
    }

    /** An op on pairs of elements. */
    INDArray zip(String op, DataType type, INDArray x, INDArray y) {
        return zip(op, run.create(type, Dl4jDetours.common(x.shape(), y.shape())), x, y);
    }

    /** An op on pairs of elements, written into an array of their common shape. */
    INDArray zip(String op, INDArray result, INDArray x, INDArray y) {
        return run.exec(op, result, aligned(x, y, result), aligned(y, x, result));
    }

    /** Beside an operand of one element and higher rank, ND4J gives the result this operand's shape. */
    private static INDArray aligned(INDArray x, INDArray other, INDArray result) {
        return x.rank() < result.rank() && x.length() > 1 && other.length() == 1
                ? Dl4jArray.expanded(x, result.rank())
                : x;
    }

    private INDArray zip(String op, INDArray x, INDArray y) {
        return switch (overwritten) {
            case 0 -> zip(op, x, x, y);
            case 1 -> zip(op, y, x, y);
            default -> zip(op, x.dataType(), x, y);
        };
    }

    /** An op over axes that gives a value of its own for no elements. */
    INDArray reduce(String op, INDArray x, int[] axes, boolean keepDims, double ofNone) {
        long[] shape = Dl4jDetours.reduced(x.shape(), axes, keepDims);
        if (x.isEmpty()) {
            return detours.full(x.dataType(), ofNone, shape);
        }
        long[] along = Arrays.stream(axes).asLongStream().toArray();
        Dl4jArguments arguments = Dl4jArguments.integers(along).with(keepDims);
        return axes.length == 0 ? run.copy(x) : run.exec(op, arguments, run.create(x.dataType(), shape), x);
    }

    @Override
    public INDArray constant(HostArray value) {
        return run.create(value);
    }

    @Override
    public INDArray neg(INDArray x) {
        return map(NEG, x);
    }

    @Override
    public INDArray abs(INDArray x) {
        return map(ABS, x);
    }

    @Override
    public INDArray sign(INDArray x) {
        return detours.sign(x);
    }

    @Override
    public INDArray floor(INDArray x) {
        return map(FLOOR, x);
    }

    @Override
    public INDArray exp(INDArray x) {
        return map(EXP, x);
    }

    @Override
    public INDArray expm1(INDArray x) {
        return detours.expm1(x);
    }

    @Override
    public INDArray log(INDArray x) {
        return map(LOG, x);
    }

    @Override
    public INDArray log1p(INDArray x) {
        return detours.log1p(x);
    }

    @Override
    public INDArray sqrt(INDArray x) {
        return map(SQRT, x);
    }

    @Override
    public INDArray sin(INDArray x) {
        return map(SIN, x);
    }

    @Override
    public INDArray cos(INDArray x) {
        return map(COS, x);
    }

    @Override
    public INDArray tan(INDArray x) {
        return map(TAN, x);
    }

    @Override
    public INDArray tanh(INDArray x) {
        return detours.tanh(x);
    }

    @Override
    public INDArray sigmoid(INDArray x) {
        return map(SIGMOID, x);
    }

    @Override
    public INDArray erf(INDArray x) {
        return map(ERF, x);
    }

    @Override
    public INDArray not(INDArray x) {
        return run.exec("boolean_not", run.create(DataType.BOOL, x.shape()), x);
    }

    @Override
    public INDArray add(INDArray x, INDArray y) {
        return zip("add", x, y);
    }

    @Override
    public INDArray sub(INDArray x, INDArray y) {
        return zip("subtract", x, y);
    }

    @Override
    public INDArray mul(INDArray x, INDArray y) {
        return zip("multiply", x, y);
    }

    @Override
    public INDArray div(INDArray x, INDArray y) {
        return zip("divide", x, y);
    }

    @Override
    public INDArray pow(INDArray x, INDArray y) {
        return zip("Pow", x, y);
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
        return zip("equals", DataType.BOOL, x, y);
    }

    @Override
    public INDArray less(INDArray x, INDArray y) {
        return zip("less", DataType.BOOL, x, y);
    }

    @Override
    public INDArray lessEqual(INDArray x, INDArray y) {
        return zip("less_equal", DataType.BOOL, x, y);
    }

    @Override
    public INDArray and(INDArray x, INDArray y) {
        return zip("boolean_and", x, y);
    }

    @Override
    public INDArray or(INDArray x, INDArray y) {
        return zip("boolean_or", x, y);
    }

    @Override
    public INDArray select(INDArray condition, INDArray x, INDArray y) {
        return detours.select(condition, x, y);
    }

    @Override
    public INDArray sum(INDArray x, int[] axes, boolean keepDims) {
        return reduce("reduce_sum", x, axes, keepDims, 0);
    }

    @Override
    public INDArray mean(INDArray x, int[] axes, boolean keepDims) {
        return reduce("reduce_mean", x, axes, keepDims, Double.NaN);
    }

    @Override
    public INDArray reduceMax(INDArray x, int[] axes, boolean keepDims) {
        return detours.extremum("reduce_max", x, axes, keepDims);
    }

    @Override
    public INDArray reduceMin(INDArray x, int[] axes, boolean keepDims) {
        return detours.extremum("reduce_min", x, axes, keepDims);
    }

    @Override
    public INDArray prod(INDArray x, int[] axes, boolean keepDims) {
        return x.dataType().isFPType()
                ? reduce("reduce_prod", x, axes, keepDims, 1)
                : detours.integerProd(x, axes, keepDims);
    }

    @Override
    public INDArray argMax(INDArray x, int axis) {
        return detours.argMax(x, axis);
    }

    @Override
    public INDArray count(INDArray x, int[] axes, DType dtype) {
        double count = Arrays.stream(axes).mapToDouble(x::size).reduce(1, (a, b) -> a * b);
        return run.scalar(Dl4jArray.dataType(dtype), count);
    }

    @Override
    public INDArray matmul(INDArray x, INDArray y) {
        return detours.matmul(x, y);
    }

    @Override
    public INDArray reshape(INDArray x, Shape shape) {
        return Dl4jArray.isContiguous(x)
                ? Dl4jArray.reshaped(x, shape.toArray())
                : Dl4jArray.reshaped(run.copy(x), shape.toArray());
    }

    @Override
    public INDArray transpose(INDArray x, int[] permutation) {
        return Dl4jArray.view(
                x,
                IntStream.of(permutation).mapToLong(x::size).toArray(),
                IntStream.of(permutation).mapToLong(x::stride).toArray(),
                x.offset());
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
        return x.dataType().isFPType()
                ? detours.cumSum(x, axis, exclusive, reverse)
                : detours.integerCumSum(x, axis, exclusive, reverse);
    }

    @Override
    public INDArray cast(INDArray x, DType dtype) {
        DataType type = Dl4jArray.dataType(dtype);
        return x.dataType() == type ? x : run.exec(ASSIGN, run.create(type, x.shape()), x);
    }

    @Override
    public INDArray nativeCall(NativeFunction function, TensorType type, List<INDArray> operands) {
        if (function instanceof Dl4jKernels.Kernel kernel) {
            return kernel.compute(detours, operands);
        }
        return function instanceof Dl4jNativeFunction own
                ? own.compute(run, type, operands)
                : Lowering.super.nativeCall(function, type, operands);
    }
}
