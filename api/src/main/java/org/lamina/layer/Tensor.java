package org.lamina.layer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lamina.Arguments;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.ArgMax;
import org.lamina.graph.Binary;
import org.lamina.graph.Broadcast;
import org.lamina.graph.Cast;
import org.lamina.graph.Comparison;
import org.lamina.graph.Concat;
import org.lamina.graph.Count;
import org.lamina.graph.CumSum;
import org.lamina.graph.Differentiation;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.Logical;
import org.lamina.graph.Node;
import org.lamina.graph.Op;
import org.lamina.graph.Pad;
import org.lamina.graph.Reduction;
import org.lamina.graph.Reduction.Reducer;
import org.lamina.graph.Reshape;
import org.lamina.graph.Select;
import org.lamina.graph.Slice;
import org.lamina.graph.StopGradient;
import org.lamina.graph.Transpose;
import org.lamina.graph.Unary;

/**
 * A symbolic tensor inside a layer's forward: its dtype and shape are known, its elements are not. Immutable.
 *
 * <p>Ops check their arguments at once and throw {@link LaminaException} with the layer's path, the same on every backend.
 * Elementwise ops broadcast as NumPy does; operands have one dtype, nothing is promoted; a Java number takes the dtype of the
 * tensor. Axes may be negative and then count from the end. SPEC.md says what each op does at NaN, infinities and ties.
 */
public final class Tensor {
    private final GraphBuilder graph;
    private final Node node;

    /** A node of a graph as a tensor, for code that adds to a traced layer. */
    public Tensor(GraphBuilder graph, Node node) {
        Arguments.require(graph, "Tensor", "graph");
        Arguments.require(node, "Tensor", "node");
        this.graph = graph;
        this.node = node;
    }

    /** The value as a node of the graph. */
    public Node node() {
        return node;
    }

    GraphBuilder graph() {
        return graph;
    }

    /** The dtype and shape. */
    public TensorType type() {
        return node.type();
    }

    /** The dtype. */
    public DType dtype() {
        return node.type().dtype();
    }

    /** The shape; asking it for the size of the batch axis makes the layer be traced again for every batch size. */
    public Shape shape() {
        return node.type().shape();
    }

    Tensor apply(Op op, Tensor... others) {
        Node[] operands = new Node[others.length + 1];
        operands[0] = node;
        for (int i = 0; i < others.length; i++) {
            operands[i + 1] = given(others[i], op.kind(), "operand " + (i + 1)).node;
        }
        return new Tensor(graph, graph.apply(op, operands));
    }

    /** @throws LaminaException ARGUMENT if the value is null */
    private <T> T given(@Nullable T value, String op, String name) {
        if (value == null) {
            throw graph.located(ErrorCode.ARGUMENT, op + ": " + name + " is null. Give a value.");
        }
        return value;
    }

    private void givenAll(Tensor @Nullable [] values, String op, String name) {
        for (Tensor value : given(values, op, name)) {
            given(value, op, "one of " + name);
        }
    }

    Tensor wrap(Node value) {
        return new Tensor(graph, value);
    }

    /** Known values as a tensor beside this one, where no scope is at hand, as in a loss. */
    public Tensor constant(HostArray value) {
        given(value, "constant", "value");
        return wrap(graph.constant(value));
    }

    /** A scalar of this tensor's dtype. @throws LaminaException if the dtype does not hold the value */
    Tensor scalar(double value) {
        if (!dtype().holds(value)) {
            throw graph.located(
                    ErrorCode.DTYPE,
                    value + " is no " + dtype()
                            + (dtype().isFloating()
                                    ? ", which would make it infinite. Give a smaller number, or use cast(DType.FLOAT64) first."
                                    : ", and rounding it would hide that. Use cast(DType.FLOAT32) first."));
        }
        return wrap(graph.scalar(value, dtype()));
    }

    /** -x, of a numeric dtype. */
    public Tensor neg() {
        return apply(Unary.NEG);
    }

    /** |x|, of a numeric dtype; its derivative at 0 is 0. */
    public Tensor abs() {
        return apply(Unary.ABS);
    }

    /** -1, 0 or 1 by the sign, NaN for NaN; of a numeric dtype; its derivative is 0. */
    public Tensor sign() {
        return apply(Unary.SIGN);
    }

    /** The greatest integer not above x, of a floating dtype; its derivative is 0. */
    public Tensor floor() {
        return apply(Unary.FLOOR);
    }

    /** e to the power x, of a floating dtype. */
    public Tensor exp() {
        return apply(Unary.EXP);
    }

    /** e to the power x, minus 1, accurate near 0; of a floating dtype. */
    public Tensor expm1() {
        return apply(Unary.EXPM1);
    }

    /** The natural logarithm, of a floating dtype: -infinity at 0, NaN below. */
    public Tensor log() {
        return apply(Unary.LOG);
    }

    /** ln(1 + x), accurate near 0; of a floating dtype. */
    public Tensor log1p() {
        return apply(Unary.LOG1P);
    }

    /** The square root, of a floating dtype: NaN below 0. */
    public Tensor sqrt() {
        return apply(Unary.SQRT);
    }

    /** The sine of an angle in radians, of a floating dtype. */
    public Tensor sin() {
        return apply(Unary.SIN);
    }

    /** The cosine of an angle in radians, of a floating dtype. */
    public Tensor cos() {
        return apply(Unary.COS);
    }

    /** The tangent of an angle in radians, of a floating dtype. */
    public Tensor tan() {
        return apply(Unary.TAN);
    }

    /** The hyperbolic tangent, of a floating dtype. */
    public Tensor tanh() {
        return apply(Unary.TANH);
    }

    /** The logistic function 1 / (1 + e^-x), of a floating dtype. */
    public Tensor sigmoid() {
        return apply(Unary.SIGMOID);
    }

    /** The error function, 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x; of a floating dtype. */
    public Tensor erf() {
        return apply(Unary.ERF);
    }

    /** True where x is false, of bool. */
    public Tensor not() {
        return apply(Unary.NOT);
    }

    /** The least integer not below x, of a floating dtype; its derivative is 0. */
    public Tensor ceil() {
        return neg().floor().neg();
    }

    /** x squared, of a numeric dtype. */
    public Tensor square() {
        return mul(this);
    }

    /** 1 / x, of a floating dtype. */
    public Tensor reciprocal() {
        return scalar(1).div(this);
    }

    /** x + y, of a numeric dtype. */
    public Tensor add(Tensor y) {
        return apply(Binary.ADD, y);
    }

    /** x + y, of a numeric dtype. y is a number. */
    public Tensor add(double y) {
        return add(scalar(y));
    }

    /** x - y, of a numeric dtype. */
    public Tensor sub(Tensor y) {
        return apply(Binary.SUB, y);
    }

    /** x - y, of a numeric dtype. y is a number. */
    public Tensor sub(double y) {
        return sub(scalar(y));
    }

    /** x times y, element by element, of a numeric dtype. */
    public Tensor mul(Tensor y) {
        return apply(Binary.MUL, y);
    }

    /** x times y, element by element, of a numeric dtype. y is a number. */
    public Tensor mul(double y) {
        return mul(scalar(y));
    }

    /** x / y, of a floating dtype. */
    public Tensor div(Tensor y) {
        return apply(Binary.DIV, y);
    }

    /** x / y, of a floating dtype. y is a number. */
    public Tensor div(double y) {
        return div(scalar(y));
    }

    /** x to the power y, of a floating dtype; NaN for a negative x and a y that is no integer. */
    public Tensor pow(Tensor y) {
        return apply(Binary.POW, y);
    }

    /** x to the power y, of a floating dtype; NaN for a negative x and a y that is no integer. y is a number. */
    public Tensor pow(double y) {
        return pow(scalar(y));
    }

    /** The greater of x and y, NaN if either is; where they are equal each has half the derivative. */
    public Tensor maximum(Tensor y) {
        return apply(Binary.MAX, y);
    }

    /** The greater of x and y, NaN if either is; where they are equal each has half the derivative. y is a number. */
    public Tensor maximum(double y) {
        return maximum(scalar(y));
    }

    /** The lesser of x and y, NaN if either is; where they are equal each has half the derivative. */
    public Tensor minimum(Tensor y) {
        return apply(Binary.MIN, y);
    }

    /** The lesser of x and y, NaN if either is; where they are equal each has half the derivative. y is a number. */
    public Tensor minimum(double y) {
        return minimum(scalar(y));
    }

    /** True where x = y, as bool; false for NaN. */
    public Tensor equal(Tensor y) {
        return apply(Comparison.EQUAL, y);
    }

    /** True where x = y, as bool; false for NaN. y is a number. */
    public Tensor equal(double y) {
        return equal(scalar(y));
    }

    /** True where x is less than y, as bool; false for NaN. */
    public Tensor less(Tensor y) {
        return apply(Comparison.LESS, y);
    }

    /** True where x is less than y, as bool; false for NaN. y is a number. */
    public Tensor less(double y) {
        return less(scalar(y));
    }

    /** True where x is less than or equal to y, as bool; false for NaN. */
    public Tensor lessEqual(Tensor y) {
        return apply(Comparison.LESS_EQUAL, y);
    }

    /** True where x is less than or equal to y, as bool; false for NaN. y is a number. */
    public Tensor lessEqual(double y) {
        return lessEqual(scalar(y));
    }

    /** True where x differs from y, as bool; true for NaN. */
    public Tensor notEqual(Tensor y) {
        given(y, "notEqual", "y");
        return equal(y).not();
    }

    /** True where x differs from a number, as bool; true for NaN. */
    public Tensor notEqual(double y) {
        return notEqual(scalar(y));
    }

    /** True where x is greater than y, as bool; false for NaN. */
    public Tensor greater(Tensor y) {
        given(y, "greater", "y");
        return y.less(this);
    }

    /** True where x is greater than a number, as bool; false for NaN. */
    public Tensor greater(double y) {
        return greater(scalar(y));
    }

    /** True where x is greater than or equal to y, as bool; false for NaN. */
    public Tensor greaterEqual(Tensor y) {
        given(y, "greaterEqual", "y");
        return y.lessEqual(this);
    }

    /** True where x is greater than or equal to a number, as bool; false for NaN. */
    public Tensor greaterEqual(double y) {
        return greaterEqual(scalar(y));
    }

    /** True where both are, of bool. */
    public Tensor and(Tensor y) {
        return apply(Logical.AND, y);
    }

    /** True where either is, of bool. */
    public Tensor or(Tensor y) {
        return apply(Logical.OR, y);
    }

    /**
     * x where this, a bool, is true, else y; the three broadcast together. What is not chosen has derivative 0, also where it is
     * NaN. It is how a layer decides by values, as a traced layer cannot use {@code if} on them.
     */
    public Tensor select(Tensor x, Tensor y) {
        return apply(new Select(), x, y);
    }

    /** The same as {@code condition.select(x, y)}. */
    public static Tensor where(Tensor condition, Tensor x, Tensor y) {
        Arguments.require(condition, "Tensor.where", "condition");
        Arguments.require(x, "Tensor.where", "x");
        Arguments.require(y, "Tensor.where", "y");
        return condition.select(x, y);
    }

    /**
     * The sum, 0 of no elements; of a numeric dtype, which stays.
     *
     * @param axes the axes to reduce, which go; none means all
     */
    public Tensor sum(int... axes) {
        given(axes, "sum", "axes");
        return reduce(Reducer.SUM, false, axes);
    }

    /**
     * The sum, 0 of no elements; of a numeric dtype, which stays.
     *
     * @param keepDims true if reduced axes stay with size 1
     * @param axes the axes to reduce; none means all
     */
    public Tensor sum(boolean keepDims, int... axes) {
        given(axes, "sum", "axes");
        return reduce(Reducer.SUM, keepDims, axes);
    }

    /**
     * The arithmetic mean, of a floating dtype and at least one element.
     *
     * @param axes the axes to reduce, which go; none means all
     */
    public Tensor mean(int... axes) {
        given(axes, "mean", "axes");
        return reduce(Reducer.MEAN, false, axes);
    }

    /**
     * The arithmetic mean, of a floating dtype and at least one element.
     *
     * @param keepDims true if reduced axes stay with size 1
     * @param axes the axes to reduce; none means all
     */
    public Tensor mean(boolean keepDims, int... axes) {
        given(axes, "mean", "axes");
        return reduce(Reducer.MEAN, keepDims, axes);
    }

    /**
     * The greatest element, NaN if any is; equal ones share the derivative. At least one element.
     *
     * @param axes the axes to reduce, which go; none means all
     */
    public Tensor max(int... axes) {
        given(axes, "max", "axes");
        return reduce(Reducer.MAX, false, axes);
    }

    /**
     * The greatest element, NaN if any is; equal ones share the derivative. At least one element.
     *
     * @param keepDims true if reduced axes stay with size 1
     * @param axes the axes to reduce; none means all
     */
    public Tensor max(boolean keepDims, int... axes) {
        given(axes, "max", "axes");
        return reduce(Reducer.MAX, keepDims, axes);
    }

    /**
     * The least element, NaN if any is; equal ones share the derivative. At least one element.
     *
     * @param axes the axes to reduce, which go; none means all
     */
    public Tensor min(int... axes) {
        given(axes, "min", "axes");
        return reduce(Reducer.MIN, false, axes);
    }

    /**
     * The least element, NaN if any is; equal ones share the derivative. At least one element.
     *
     * @param keepDims true if reduced axes stay with size 1
     * @param axes the axes to reduce; none means all
     */
    public Tensor min(boolean keepDims, int... axes) {
        given(axes, "min", "axes");
        return reduce(Reducer.MIN, keepDims, axes);
    }

    /**
     * The product, 1 of no elements; of a numeric dtype, which stays.
     *
     * @param axes the axes to reduce, which go; none means all
     */
    public Tensor prod(int... axes) {
        given(axes, "prod", "axes");
        return reduce(Reducer.PROD, false, axes);
    }

    /**
     * The product, 1 of no elements; of a numeric dtype, which stays.
     *
     * @param keepDims true if reduced axes stay with size 1
     * @param axes the axes to reduce; none means all
     */
    public Tensor prod(boolean keepDims, int... axes) {
        given(axes, "prod", "axes");
        return reduce(Reducer.PROD, keepDims, axes);
    }

    private Tensor reduce(Reducer reducer, boolean keepDims, int... axes) {
        return apply(new Reduction(reducer, axes(axes), keepDims));
    }

    /** The axes counted from the start, ascending; all for none. */
    List<Integer> axes(int... axes) {
        if (axes.length == 0) {
            return IntStream.range(0, shape().rank()).boxed().toList();
        }
        List<Integer> ascending =
                Arrays.stream(axes).map(this::axis).sorted().distinct().boxed().toList();
        if (ascending.size() < axes.length) {
            throw graph.located(
                    ErrorCode.AXIS,
                    "axes " + Arrays.toString(axes) + " of shape " + shape() + " name an axis twice. Name each once.");
        }
        return ascending;
    }

    int axis(int axis) {
        try {
            return shape().axis(axis);
        } catch (LaminaException e) {
            throw graph.located(e.code(), String.valueOf(e.getMessage()));
        }
    }

    /** The int64 index of the greatest element along an axis, which goes: the first of equal ones, the first NaN. */
    public Tensor argMax(int axis) {
        return apply(new ArgMax(axis(axis)));
    }

    /** The number of elements along axes as a scalar of this dtype, none meaning all; does not ask for the batch size. */
    public Tensor count(int... axes) {
        given(axes, "count", "axes");
        return apply(new Count(axes(axes), dtype()));
    }

    /** The mean of squared distances from the mean, times n / (n - ddof); the result's axes go. See {@link #variance(int, boolean, int...)}. */
    public Tensor variance(int ddof, int... axes) {
        given(axes, "variance", "axes");
        return Statistics.variance(this, ddof, false, axes);
    }

    /**
     * The variance: the sum of squared distances from the mean, divided by n - ddof.
     *
     * @param ddof the delta degrees of freedom: 0 for the population's (NumPy, Keras), 1 for the sample's (ND4J, PyTorch)
     * @param keepDims true if reduced axes stay with size 1
     * @param axes the axes to reduce; none means all
     */
    public Tensor variance(int ddof, boolean keepDims, int... axes) {
        given(axes, "variance", "axes");
        return Statistics.variance(this, ddof, keepDims, axes);
    }

    /** The sum of absolute values over axes, none meaning all. */
    public Tensor norm1(int... axes) {
        given(axes, "norm1", "axes");
        return abs().sum(axes);
    }

    /** The Euclidean norm, the root of the sum of squares, over axes, none meaning all. Its derivative at 0 is NaN. */
    public Tensor norm2(int... axes) {
        given(axes, "norm2", "axes");
        return square().sum(axes).sqrt();
    }

    /** ln of the sum of e^x over axes, none meaning all, without overflow: max + ln(sum(e^(x - max))). */
    public Tensor logSumExp(boolean keepDims, int... axes) {
        given(axes, "logSumExp", "axes");
        return Statistics.logSumExp(this, keepDims, axes);
    }

    /** e^x / sum(e^x) along an axis, without overflow. NaN where the greatest element is infinite or NaN. */
    public Tensor softmax(int axis) {
        Tensor power = sub(max(true, axis).stopGradient()).exp();
        return power.div(power.sum(true, axis));
    }

    /** ln(softmax(x)) along an axis, without overflow. */
    public Tensor logSoftmax(int axis) {
        Tensor shifted = sub(max(true, axis).stopGradient());
        return shifted.sub(shifted.exp().sum(true, axis).log());
    }

    /** max(x, 0): NaN for NaN; its derivative at 0 is 0. */
    public Tensor relu() {
        return Activations.relu(this);
    }

    /** x, or slope times x where x is negative; its derivative at 0 is the slope. */
    public Tensor leakyRelu(double slope) {
        return lessEqual(0).select(mul(slope), this);
    }

    /** x, or alpha (e^x - 1) where x is negative (Clevert et al. 2016); its derivative at 0 is alpha. */
    public Tensor elu(double alpha) {
        Tensor low = lessEqual(0);
        // The exponential of what is not chosen must stay finite: its derivative is multiplied by 0.
        return low.select(low.select(this, scalar(0)).expm1().mul(alpha), this);
    }

    /** ln(1 + e^x) without overflow: max(x, 0) + ln(1 + e^-|x|). Its derivative is the sigmoid. */
    public Tensor softplus() {
        return Activations.softplus(this);
    }

    /** x times sigmoid(x), also called swish. */
    public Tensor silu() {
        return mul(sigmoid());
    }

    /** The exact Gaussian error linear unit, x (1 + erf(x / sqrt(2))) / 2 (Hendrycks and Gimpel 2016). */
    public Tensor gelu() {
        return mul(0.5).mul(mul(Math.sqrt(0.5)).erf().add(1));
    }

    /** The approximation of GELU by tanh: x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2. */
    public Tensor geluTanh() {
        Tensor inner = add(mul(this).mul(this).mul(0.044715)).mul(Math.sqrt(2 / Math.PI));
        return mul(0.5).mul(inner.tanh().add(1));
    }

    /** The approximation of GELU by the sigmoid: x sigmoid(1.702 x). */
    public Tensor geluSigmoid() {
        return mul(mul(1.702).sigmoid());
    }

    /** x limited to [low, high], NaN for NaN. The derivative is 1 inside and at the bounds, 0 outside. */
    public Tensor clip(double low, double high) {
        return Activations.clip(this, low, high);
    }

    /**
     * The matrix product of the last two axes, (..., m, k) by (..., k, n) to (..., m, n); the axes before them broadcast. A vector
     * on the left counts as one row, on the right as one column, and its axis goes. Of a floating dtype.
     */
    public Tensor matmul(Tensor y) {
        given(y, "matmul", "y");
        return LinearAlgebra.matmul(this, y);
    }

    /**
     * Sums of products in Einstein's notation: {@code Tensor.einsum("bi,io->bo", x, weight)}. A letter names an axis; letters not
     * in the result are summed over; without {@code ->} the result has the letters that occur once, in alphabetical order. Each
     * step is a matmul.
     */
    public static Tensor einsum(String equation, Tensor... operands) {
        Arguments.require(equation, "Tensor.einsum", "equation");
        Arguments.requireAll(operands, "Tensor.einsum", "operands");
        return Einsum.of(equation, List.of(operands));
    }

    /**
     * The same elements in C order in another shape.
     *
     * @param sizes one may be -1 and is then worked out
     */
    public Tensor reshape(long... sizes) {
        given(sizes, "reshape", "sizes");
        return apply(new Reshape(Shapes.infer(this, sizes)));
    }

    /** The same elements in another shape, whose open sizes are this one's. */
    public Tensor reshape(Shape shape) {
        given(shape, "reshape", "shape");
        return apply(new Reshape(shape));
    }

    /** Axis {@code from} and those after it made one, in C order. */
    public Tensor flatten(int from) {
        int start = axis(from);
        return reshape(shape().slice(0, start)
                .concat(Shape.of(shape().slice(start, shape().rank()).size())));
    }

    /** The axes in another order; none reverses them. */
    public Tensor transpose(int... order) {
        given(order, "transpose", "order");
        int rank = shape().rank();
        List<Integer> permutation = order.length == 0 && rank > 0
                ? IntStream.range(0, rank).map(i -> rank - 1 - i).boxed().toList()
                : Arrays.stream(order).map(this::axis).boxed().toList();
        return apply(new Transpose(permutation));
    }

    /** Two axes swapped. */
    public Tensor swapAxes(int first, int second) {
        int[] order = IntStream.range(0, shape().rank()).toArray();
        order[axis(first)] = axis(second);
        order[axis(second)] = axis(first);
        return transpose(order);
    }

    /** A new axis of size 1 at a position from 0 to the rank, or counted from the end of the result. */
    public Tensor expandDims(int axis) {
        int rank = shape().rank();
        if (axis < -rank - 1 || axis > rank) {
            throw graph.located(
                    ErrorCode.AXIS,
                    "expandDims: there is no place " + axis + " in shape " + shape() + ". Give one from " + (-rank - 1)
                            + " to " + rank + ".");
        }
        int place = axis < 0 ? axis + rank + 1 : axis;
        return reshape(shape().slice(0, place).concat(Shape.of(1)).concat(shape().slice(place, rank)));
    }

    /** Without an axis of size 1. */
    public Tensor squeeze(int axis) {
        int place = axis(axis);
        if (shape().extent(place) != 1) {
            throw graph.located(
                    ErrorCode.SHAPE,
                    "squeeze: axis " + axis + " of " + shape() + " is not of size 1. Use get to choose one element.");
        }
        return reshape(shape().slice(0, place).concat(shape().slice(place + 1, shape().rank())));
    }

    /** Repeated to a shape, along axes of size 1 and new leading axes. */
    public Tensor broadcastTo(Shape shape) {
        given(shape, "broadcastTo", "shape");
        return apply(new Broadcast(shape));
    }

    /** Tensors one after another along an axis; their other axes are equal. */
    public static Tensor concat(int axis, Tensor... tensors) {
        Arguments.requireAll(tensors, "Tensor.concat", "tensors");
        if (tensors.length == 0) {
            throw new LaminaException(ErrorCode.ARITY, "concat: there is no tensor to join. Give at least one.");
        }
        Tensor[] others = Arrays.copyOfRange(tensors, 1, tensors.length);
        return tensors[0].apply(new Concat(tensors[0].axis(axis)), others);
    }

    /** Tensors of one shape along a new axis. */
    public static Tensor stack(int axis, Tensor... tensors) {
        Arguments.requireAll(tensors, "Tensor.stack", "tensors");
        return concat(
                axis,
                Arrays.stream(tensors).map(tensor -> tensor.expandDims(axis)).toArray(Tensor[]::new));
    }

    /** Pieces of the given sizes along an axis, which add up to its size. */
    public List<Tensor> split(int axis, long... sizes) {
        given(sizes, "split", "sizes");
        int place = axis(axis);
        if (Arrays.stream(sizes).sum() != shape().dim(place)) {
            throw graph.located(
                    ErrorCode.SHAPE,
                    "split: the sizes " + Arrays.toString(sizes) + " add up to "
                            + Arrays.stream(sizes).sum() + " and axis " + axis + " of " + shape() + " has "
                            + shape().dim(place) + "; they must be equal.");
        }
        List<Tensor> pieces = new ArrayList<>();
        long start = 0;
        for (long size : sizes) {
            pieces.add(apply(new Slice(place, start, size, 1)));
            start += size;
        }
        return List.copyOf(pieces);
    }

    /** Elements from start (inclusive) to stop (exclusive) along an axis. */
    public Tensor slice(int axis, long start, long stop) {
        return slice(axis, start, stop, 1);
    }

    /**
     * Elements start, start + step, ... before stop along an axis. Start and stop may be negative and then count from the end;
     * beyond the end they are the end, as in Python. With a negative step the elements run backwards.
     *
     * @param step not 0
     */
    public Tensor slice(int axis, long start, long stop, long step) {
        return apply(Shapes.slice(this, axis, start, stop, step));
    }

    /** The elements at one index of an axis, which goes; a negative index counts from the end. */
    public Tensor get(int axis, long index) {
        int place = axis(axis);
        long size = shape().dim(place);
        if (index < -size || index >= size) {
            throw graph.located(
                    ErrorCode.RANGE,
                    "get: index " + index + " is outside axis " + axis + " of " + shape() + ". Give one from " + -size
                            + " to " + (size - 1) + ".");
        }
        return apply(new Slice(place, index < 0 ? index + size : index, 1, 1)).squeeze(place);
    }

    /** The elements along an axis from last to first. */
    public Tensor reverse(int axis) {
        int place = axis(axis);
        long size = shape().dim(place);
        return apply(new Slice(place, Math.max(0, size - 1), size, -1));
    }

    /**
     * Slices along an axis chosen by integer indices, whose shape takes the place of the axis. Indices outside the axis are an
     * error if they are an input of the model, and are clamped into it if they are computed. Of an axis of size 0 nothing can be
     * chosen, so then there are no indices either.
     */
    public Tensor gather(int axis, Tensor indices) {
        given(indices, "gather", "indices");
        return Shapes.gather(this, axis(axis), indices);
    }

    /** A new last axis of size depth, 1 where its index equals this integer tensor's element, else 0; none for other values. */
    public Tensor oneHot(long depth, DType dtype) {
        return Shapes.oneHot(this, depth, dtype);
    }

    /**
     * With elements of a value before and after it along an axis.
     *
     * @throws LaminaException if a number is negative, the dtype does not hold the value, or the result has more than 2^31 - 1
     *     elements
     */
    public Tensor pad(int axis, long before, long after, double value) {
        return apply(new Pad(axis(axis), before, after, value));
    }

    /** The running sum along an axis. */
    public Tensor cumSum(int axis) {
        return cumSum(axis, false, false);
    }

    /** The running sum along an axis, without the element itself if exclusive, from the end if reverse. */
    public Tensor cumSum(int axis, boolean exclusive, boolean reverse) {
        return apply(new CumSum(axis(axis), exclusive, reverse));
    }

    /** In another dtype: floats round to nearest even, float to integer truncates, bool is 0 or 1, to bool is "not zero". */
    public Tensor cast(DType dtype) {
        return apply(new Cast(dtype));
    }

    /**
     * The gradients of the sum of this tensor's elements, as tensors; made of the same primitives, so their gradients can be
     * taken again.
     *
     * @param by floating tensors of the same call
     * @return one for each of {@code by}, of its type; zeros by one that this tensor does not depend on
     * @throws LaminaException if this or one of {@code by} is not floating
     */
    public List<Tensor> gradients(Tensor... by) {
        givenAll(by, "gradients", "by");
        return pullback(wrap(graph.broadcast(graph.scalar(1, node), shape())), by);
    }

    /**
     * The vector-Jacobian products: the gradients of the sum of (this tensor times a cotangent), with the cotangent constant.
     *
     * @param cotangent of this tensor's type
     * @param by floating tensors of the same call
     * @return one for each of {@code by}, of its type; zeros by one that this tensor does not depend on
     * @throws LaminaException if this or one of {@code by} is not floating, or the cotangent is of another type
     */
    public List<Tensor> pullback(Tensor cotangent, Tensor... by) {
        given(cotangent, "pullback", "cotangent");
        givenAll(by, "pullback", "by");
        if (!dtype().isFloating()) {
            throw graph.located(
                    ErrorCode.NOT_DIFFERENTIABLE,
                    "gradient: the tensor is " + dtype()
                            + ", which has no derivative. Use a float32 or float64 tensor.");
        }
        if (!cotangent.type().equals(type())) {
            throw graph.located(
                    ErrorCode.SHAPE,
                    "gradient: the tensor is " + type() + " and the cotangent is " + cotangent.type()
                            + "; they must be equal. Cast or reshape the cotangent.");
        }
        List<Node> nodes = Arrays.stream(by).map(Tensor::node).toList();
        return Differentiation.pullback(graph, List.of(node), List.of(cotangent.node), nodes).stream()
                .map(this::wrap)
                .toList();
    }

    /** The gradient of the sum of this tensor's elements by another; see {@link #gradients}. */
    public Tensor gradient(Tensor by) {
        given(by, "gradient", "by");
        return gradients(by).get(0);
    }

    /** The same value, whose derivative counts as 0. */
    public Tensor stopGradient() {
        return apply(new StopGradient());
    }

    /** Never gives a value: always throws, and says what to do instead of asking in Java for a tensor's elements. */
    @SuppressWarnings("DoNotCallSuggester") // callers are to find it, and its message
    public HostArray toHostArray() {
        throw graph.located(
                ErrorCode.DATA_DEPENDENT,
                "a tensor's elements are not known while a layer is traced, so Java's if and while cannot depend on them. Use "
                        + "select for a choice by element, a loop of fixed length with select for a bounded while, or call the model "
                        + "repeatedly from outside.");
    }

    /** Never gives a value; see {@link #toHostArray}. */
    public double toDouble() {
        return toHostArray().doubleAt(0);
    }

    /** Never gives a value; see {@link #toHostArray}. */
    public boolean toBoolean() {
        return toHostArray().doubleAt(0) != 0;
    }

    /** The type, as there are no elements to show: {@code Tensor float32 (N, 8)}. */
    @Override
    public String toString() {
        return "Tensor " + type();
    }
}
