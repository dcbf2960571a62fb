package org.lamina.djl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.Convolution;

/** Ways round what MXNet's ops lack or get wrong, as nodes of a program: nothing here looks at a value. */
final class DjlSymbolDetours {
    /** MXNet's kernels for broadcasting take no more axes; beyond, some fail and some give garbage. */
    static final int AXES = 5;

    /** MXNet reads a float64 from text by its own means, and to the last bit only if it needs few digits. */
    private static final double DIGITS = 1 << 20;

    /** So great, and its reciprocal so small, a float32 is read right: it is rounded from a float64 that is read nearly so. */
    private static final double GREATEST_FLOAT = 1e30;

    private final DjlSymbolWriter writer;
    private final DjlSymbolConvolutions convolutions;
    private final DjlSymbolProducts products;

    DjlSymbolDetours(DjlSymbolWriter writer) {
        this.writer = writer;
        this.convolutions = new DjlSymbolConvolutions(writer, this);
        this.products = new DjlSymbolProducts(writer, this);
    }

    DjlSymbol constant(HostArray value) {
        return writer.constant(value);
    }

    DjlSymbol scalar(double value, DType dtype) {
        return constant(HostArray.full(new TensorType(dtype, Shape.scalar()), value));
    }

    /** An op of MXNet's. Nothing empty comes to one: many of them fail then, or give a wrong shape. */
    DjlSymbol op(String op, TensorType type, Map<String, ?> settings, DjlSymbol... operands) {
        if (type.shape().size() == 0
                || Arrays.stream(operands).anyMatch(x -> x.shape().size() == 0)) {
            throw new DjlSymbol.Inexpressible("MXNet's ops fail without elements, or give a wrong shape");
        }
        return writer.op(op, type, settings, List.of(operands));
    }

    /** A tuple as MXNet reads it. */
    static String tuple(Shape shape) {
        return shape.rank() == 0
                ? "()"
                : Arrays.stream(shape.toArray()).mapToObj(Long::toString).collect(Collectors.joining(", ", "(", ",)"));
    }

    private static String tuple(int... axes) {
        return tuple(Shape.of(Arrays.stream(axes).asLongStream().toArray()));
    }

    /** MXNet's abs of int64 goes through float64. */
    DjlSymbol abs(DjlSymbol x) {
        return x.type().dtype().isInteger()
                ? broadcasting("_npi_maximum", x.type().dtype(), x, op("_npi_negative", x.type(), Map.of(), x))
                : op("_npi_absolute", x.type(), Map.of(), x);
    }

    /** MXNet's sign of NaN is 0. */
    DjlSymbol sign(DjlSymbol x) {
        DjlSymbol sign = op("_npi_sign", x.type(), Map.of(), x);
        return x.type().dtype().isFloating() ? select(broadcasting("_npi_equal", DType.BOOL, x, x), sign, x) : sign;
    }

    /** MXNet's activation is oneDNN's, which gives 0 below -87, where the sigmoid is still a normal number; its other op is not. */
    DjlSymbol sigmoid(DjlSymbol x) {
        return op("_npx_sigmoid", x.type(), Map.of(), x);
    }

    /** An op on two operands that broadcast, or on one and a number. */
    DjlSymbol binary(String op, String withRight, String withLeft, DjlSymbol x, DjlSymbol y) {
        return binary(op, withRight, withLeft, x.type().dtype(), x, y);
    }

    /** A row of numbers added to a convolution is its bias. */
    DjlSymbol add(DjlSymbol x, DjlSymbol y) {
        DjlSymbol biased = convolutions.biased(x, y);
        biased = biased != null ? biased : convolutions.biased(y, x);
        return biased != null ? biased : binary("_npi_add", "_npi_add_scalar", "_npi_add_scalar", x, y);
    }

    /** The greater or the lesser: MXNet needs half the time if both have the same shape. */
    DjlSymbol extreme(String op, DjlSymbol x, DjlSymbol y) {
        TensorType type = x.type().with(common(x.shape(), y.shape()));
        DjlSymbol result = broadcasting(
                op, type.dtype(), x.constant() != null ? wide(x, type) : x, y.constant() != null ? wide(y, type) : y);
        if (op.equals("_npi_maximum") && isZero(y)) {
            convolutions.rectified(result, x);
        }
        return result;
    }

    private static boolean isZero(DjlSymbol x) {
        Double number = number(x);
        return number != null && number == 0;
    }

    /** A comparison with a number also gives 0 and 1, which select takes; MXNet leaves out what nothing takes. */
    DjlSymbol compare(String op, String withRight, String withLeft, DjlSymbol x, DjlSymbol y) {
        DjlSymbol result = binary(op, withRight, withLeft, DType.BOOL, x, y);
        Double right = number(y);
        return right != null && y.rank() <= x.rank()
                ? result.with(op(asNumber(withRight), x.type(), Map.of("scalar", right), x))
                : result;
    }

    private static String asNumber(String op) {
        return op.replace("_npi", "").replace("less", "lesser");
    }

    private DjlSymbol binary(String op, String withRight, String withLeft, DType dtype, DjlSymbol x, DjlSymbol y) {
        Double right = number(y);
        Double left = number(x);
        if (right != null && y.rank() <= x.rank()) {
            return op(withRight, x.type().with(dtype), Map.of("scalar", right), x);
        }
        return left != null && x.rank() <= y.rank()
                ? op(withLeft, y.type().with(dtype), Map.of("scalar", left), y)
                : broadcasting(op, dtype, x, y);
    }

    /** The value of a constant that may be given as a number. */
    private static @Nullable Double number(DjlSymbol x) {
        HostArray constant = x.constant();
        if (constant == null || !constant.dtype().isFloating()) {
            return null;
        }
        double value = constant.doubleAt(0);
        boolean exact = constant.dtype() == DType.FLOAT32 ? isReadAsFloat(value) : hasFewDigits(value);
        return exact && Double.doubleToRawLongBits(value) != Double.doubleToRawLongBits(-0.0) ? value : null;
    }

    private static boolean hasFewDigits(double value) {
        return Math.abs(value) <= DIGITS && Math.rint(value * DIGITS) == value * DIGITS;
    }

    private static boolean isReadAsFloat(double value) {
        double size = Math.abs(value);
        return value == 0 || (size <= GREATEST_FLOAT && size >= 1 / GREATEST_FLOAT);
    }

    /** An op whose operands broadcast, few axes only. */
    DjlSymbol broadcasting(String op, DType dtype, DjlSymbol... operands) {
        Shape shape = operands[0].shape();
        for (DjlSymbol operand : operands) {
            shape = common(shape, operand.shape());
        }
        Shape all = shape;
        if (shape.rank() > AXES
                && !Arrays.stream(operands).allMatch(x -> x.shape().equals(all))) {
            throw new DjlSymbol.Inexpressible("MXNet broadcasts few axes only");
        }
        return op(op, new TensorType(dtype, shape), Map.of(), operands);
    }

    /** The shape that two have when they broadcast. */
    static Shape common(Shape a, Shape b) {
        int rank = Math.max(a.rank(), b.rank());
        long[] sizes = aligned(a, rank);
        long[] others = aligned(b, rank);
        Arrays.setAll(sizes, axis -> sizes[axis] == 1 ? others[axis] : sizes[axis]);
        return Shape.of(sizes);
    }

    private static long[] aligned(Shape shape, int rank) {
        long[] sizes = new long[rank];
        Arrays.fill(sizes, 1);
        System.arraycopy(shape.toArray(), 0, sizes, rank - shape.rank(), shape.rank());
        return sizes;
    }

    /** MXNet selects numbers only, and where nothing broadcasts in a tenth of the time. */
    DjlSymbol select(DjlSymbol condition, DjlSymbol x, DjlSymbol y) {
        if (x.type().dtype() == DType.BOOL) {
            DjlSymbol otherwise = op("_npi_logical_not", condition.type(), Map.of(), condition);
            return logical(OR, logical(AND, condition, x), logical(AND, otherwise, y));
        }
        TensorType type = x.type().with(common(condition.shape(), common(x.shape(), y.shape())));
        DjlSymbol mask = condition.other() != null ? condition.other() : number8(condition);
        return op("where", type, Map.of(), wide(mask, type), wide(x, type), wide(y, type));
    }

    private DjlSymbol wide(DjlSymbol x, TensorType type) {
        HostArray constant = x.constant();
        return constant != null && constant.dtype().isFloating() && type.shape().size() <= DIGITS
                ? constant(HostArray.full(x.type().with(type.shape()), constant.doubleAt(0)))
                : broadcast(x, type.shape());
    }

    static final String AND = "_npi_bitwise_and";
    static final String OR = "_npi_bitwise_or";

    /** MXNet has both for numbers only. */
    DjlSymbol logical(String op, DjlSymbol x, DjlSymbol y) {
        return cast(broadcasting(op, DType.BOOL, number8(x), number8(y)), DType.BOOL);
    }

    /** A bool as a number of one byte. */
    private DjlSymbol number8(DjlSymbol x) {
        return op("_npi_cast", x.type(), Map.of("dtype", "uint8"), x);
    }

    /** The shape that is left of one by a reduction. */
    static Shape reduced(Shape shape, int[] axes, boolean keepDims) {
        return Shape.of(IntStream.range(0, shape.rank())
                .filter(axis -> keepDims || !contains(axes, axis))
                .mapToLong(axis -> contains(axes, axis) ? 1 : shape.extent(axis))
                .toArray());
    }

    private static boolean contains(int[] axes, int axis) {
        return Arrays.stream(axes).anyMatch(a -> a == axis);
    }

    /** The number of elements along axes. */
    static long count(Shape shape, int[] axes) {
        return Arrays.stream(axes).mapToLong(shape::extent).reduce(1, (a, b) -> a * b);
    }

    /** MXNet reduces integers to int64. */
    DjlSymbol reduce(String op, DjlSymbol x, int[] axes, boolean keepDims) {
        TensorType type = x.type().with(reduced(x.shape(), axes, keepDims));
        if (axes.length == 0) {
            return x;
        }
        DjlSymbol result = op(op, type, Map.of("axis", tuple(axes), "keepdims", flag(keepDims)), x);
        return type.dtype().isInteger() ? cast(result, type.dtype()) : result;
    }

    /** MXNet adds floats with a correction that turns an infinite sum into NaN, so they are multiplied by ones. */
    DjlSymbol sum(DjlSymbol x, int[] axes, boolean keepDims) {
        if (x.type().dtype().isInteger() || axes.length == 0) {
            return reduce("_np_sum", x, axes, keepDims);
        }
        long count = count(x.shape(), axes);
        int[] kept = IntStream.range(0, x.rank())
                .filter(axis -> !contains(axes, axis))
                .toArray();
        boolean leading = kept.length > 0 && axes.length == kept[0];
        int[] order = IntStream.concat(Arrays.stream(kept), Arrays.stream(axes)).toArray();
        long rest = count(x.shape(), kept);
        Shape shape = reduced(x.shape(), axes, keepDims);
        if (leading) {
            DjlSymbol rows = reshape(x, Shape.of(count, rest));
            return reshape(matmul(ones(x, 1, count), rows), shape);
        }
        DjlSymbol columns = reshape(transpose(x, order), Shape.of(rest, count));
        return reshape(products.fullyConnected(columns, ones(x, 1, count)), shape);
    }

    private DjlSymbol ones(DjlSymbol like, long... sizes) {
        return constant(HostArray.full(new TensorType(like.type().dtype(), Shape.of(sizes)), 1));
    }

    DjlSymbol matmul(DjlSymbol x, DjlSymbol y) {
        return products.matmul(x, y);
    }

    /** x w + b. */
    DjlSymbol linear(TensorType type, DjlSymbol x, DjlSymbol weight, DjlSymbol bias) {
        return products.linear(type, x, weight, bias);
    }

    /** A row less its mean and divided by its deviation, times gamma, plus beta. */
    DjlSymbol layerNorm(TensorType type, float epsilon, DjlSymbol x, DjlSymbol gamma, DjlSymbol beta) {
        DjlSymbol ones = constant(HostArray.full(gamma.type(), 1));
        DjlSymbol zeros = constant(HostArray.full(gamma.type(), 0));
        DjlSymbol standard = op("_npx_layer_norm", type, Map.of("axis", -1, "eps", epsilon), x, ones, zeros);
        DjlSymbol scaled = broadcasting("_npi_multiply", type.dtype(), standard, gamma);
        return broadcasting("_npi_add", type.dtype(), scaled, beta);
    }

    static String flag(boolean value) {
        return value ? "True" : "False";
    }

    DjlSymbol reshape(DjlSymbol x, Shape shape) {
        if (x.shape().equals(shape)) {
            return x;
        }
        return op("_np_reshape", x.type().with(shape), Map.of("newshape", tuple(shape)), x);
    }

    /** MXNet's ops that move elements take bool as an unknown dtype, or leave the result as it was in memory. */
    private DjlSymbol moved(DjlSymbol x, UnaryOperator<DjlSymbol> op) {
        return x.type().dtype() == DType.BOOL ? cast(op.apply(number8(x)), DType.BOOL) : op.apply(x);
    }

    /** Of matrices oneDNN's, which is twice as fast. MXNet transposes few axes only; beyond, one axis after another moves to its place. */
    DjlSymbol transpose(DjlSymbol x, int[] permutation) {
        if (Arrays.equals(permutation, IntStream.range(0, x.rank()).toArray())) {
            return x;
        }
        if (x.rank() > DjlMoves.MOST) {
            return DjlMoves.of(permutation).stream().reduce(x, this::move, (a, b) -> b);
        }
        Shape shape =
                Shape.of(Arrays.stream(permutation).mapToLong(x.shape()::extent).toArray());
        Map<String, ?> settings = Map.of("axes", tuple(permutation));
        if (x.rank() == 2 && x.type().dtype() == DType.FLOAT32) {
            return op("transpose", x.type().with(shape), Map.of(), x).with(x);
        }
        return moved(x, y -> op("_np_transpose", x.type().with(shape), settings, y));
    }

    private DjlSymbol move(DjlSymbol x, DjlMoves.Move move) {
        Shape blocks = Shape.of(move.blocks(x.shape().toArray()));
        return reshape(
                transpose(reshape(x, blocks), DjlMoves.SWAP),
                Shape.of(move.moved(x.shape().toArray())));
    }

    DjlSymbol broadcast(DjlSymbol x, Shape shape) {
        if (x.shape().equals(shape)) {
            return x;
        }
        if (shape.rank() > AXES) {
            throw new DjlSymbol.Inexpressible("MXNet broadcasts few axes only");
        }
        return op("_npi_broadcast_to", x.type().with(shape), Map.of("shape", tuple(shape)), x);
    }

    DjlSymbol concat(List<DjlSymbol> parts, int axis) {
        if (parts.size() == 1) {
            return parts.get(0);
        }
        long size = parts.stream().mapToLong(part -> part.shape().extent(axis)).sum();
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("axis", axis);
        settings.put("num_args", parts.size());
        TensorType type = parts.get(0).type();
        return op(
                "_npi_concatenate",
                type.with(type.shape().with(axis, size)),
                settings,
                parts.toArray(DjlSymbol[]::new));
    }

    /** MXNet slices few axes only. */
    DjlSymbol slice(DjlSymbol x, int axis, long start, long length, long step) {
        if (step < 0) {
            return flip(slice(x, axis, start + (length - 1) * step, length, -step), axis);
        }
        Shape to = x.shape().with(axis, length);
        if (x.rank() > AXES) {
            DjlSymbol three = reshape(x, three(x.shape(), axis));
            return reshape(slice(three, 1, start, length, step), to);
        }
        Map<String, ?> settings = Map.of(
                "begin", along(x, axis, start),
                "end", along(x, axis, start + (length - 1) * step + 1),
                "step", along(x, axis, step));
        return op("_npi_slice", x.type().with(to), settings, x);
    }

    private static String along(DjlSymbol x, int axis, long value) {
        return IntStream.range(0, x.rank())
                .mapToObj(i -> i == axis ? Long.toString(value) : "None")
                .collect(Collectors.joining(", ", "(", ",)"));
    }

    /** The axes before one, it, and those after it. */
    private static Shape three(Shape shape, int axis) {
        int[] before = IntStream.range(0, axis).toArray();
        int[] after = IntStream.range(axis + 1, shape.rank()).toArray();
        return Shape.of(count(shape, before), shape.extent(axis), count(shape, after));
    }

    private DjlSymbol flip(DjlSymbol x, int axis) {
        return moved(x, y -> op("_npi_flip", x.type(), Map.of("axis", tuple(axis)), y));
    }

    /** MXNet has no pad for any number of axes. */
    DjlSymbol pad(DjlSymbol x, int axis, long before, long after, double value) {
        List<DjlSymbol> parts = new ArrayList<>();
        if (before > 0) {
            parts.add(block(x, axis, before, value));
        }
        parts.add(x);
        if (after > 0) {
            parts.add(block(x, axis, after, value));
        }
        return concat(parts, axis);
    }

    private DjlSymbol block(DjlSymbol x, int axis, long size, double value) {
        return constant(HostArray.full(x.type().with(x.shape().with(axis, size)), value));
    }

    /** Indices lie in range, so what MXNet does about others does not matter. */
    DjlSymbol gather(DjlSymbol x, DjlSymbol indices, int axis) {
        Shape shape = x.shape();
        Shape to = shape.slice(0, axis).concat(indices.shape()).concat(shape.slice(axis + 1, shape.rank()));
        return moved(x, y -> op("take", x.type().with(to), Map.of("axis", axis), y, indices));
    }

    /** MXNet's running sum is inclusive and forward, and takes few axes only. */
    DjlSymbol cumSum(DjlSymbol x, int axis, boolean exclusive, boolean reverse) {
        DjlSymbol forward = reverse ? flip(x, axis) : x;
        DjlSymbol three = reshape(forward, three(x.shape(), axis));
        DjlSymbol sums = reshape(op("_np_cumsum", three.type(), Map.of("axis", 1), three), x.shape());
        if (exclusive) {
            long length = x.shape().extent(axis);
            DjlSymbol zero = block(x, axis, 1, 0);
            sums = length == 1 ? zero : concat(List.of(zero, slice(sums, axis, 0, length - 1, 1)), axis);
        }
        return reverse ? flip(sums, axis) : sums;
    }

    DjlSymbol cast(DjlSymbol x, DType dtype) {
        String name = dtype.name().toLowerCase(java.util.Locale.ROOT);
        return op("_npi_cast", x.type().with(dtype), Map.of("dtype", name), x);
    }

    /** A convolution, which is remembered for its derivatives. */
    DjlSymbol convolution(Convolution convolution, TensorType type, DjlSymbol x, DjlSymbol weight) {
        return convolutions.value(convolution, type, x, weight);
    }

    /** The cotangent of a convolution's x. */
    DjlSymbol convolutionByInput(Convolution convolution, TensorType type, DjlSymbol weight, DjlSymbol cotangent) {
        return convolutions.byInput(convolution, type, weight, cotangent);
    }

    /** The cotangent of a convolution's weight. */
    DjlSymbol convolutionByWeight(Convolution convolution, TensorType type, DjlSymbol x, DjlSymbol cotangent) {
        return convolutions.byWeight(convolution, type, x, cotangent);
    }

    /** The value in memory of its own; copies with different numbers are not made one by MXNet. */
    DjlSymbol copy(DjlSymbol x, int number) {
        return op("_np_copy", x.type(), Map.of("__copy__", number), x);
    }
}
