package org.lamina.djl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;

/**
 * A tensor in a script.
 *
 * @param text an expression whose value it is
 * @param type its dtype and shape, perhaps with open sizes
 * @param number its value as the script writes numbers, if it is a scalar known when the script is written
 */
record DjlScriptTerm(String text, TensorType type, @Nullable String number) {
    /** Beyond, a double does not hold every integer. */
    private static final double EXACT = 0x1p53;

    /** A value that is known only when the script runs. */
    static DjlScriptTerm of(String text, TensorType type) {
        return new DjlScriptTerm(text, type, null);
    }

    /** A constant, or null if scripts cannot write it as a number: of numbers that are equal, as 0 and -0 are, they keep one. */
    static @Nullable DjlScriptTerm constant(HostArray value) {
        if (value.shape().rank() > 0
                || isNegativeZero(value.doubleAt(0))
                || (!value.dtype().isFloating() && Math.abs(value.doubleAt(0)) >= EXACT)) {
            return null;
        }
        boolean bool = value.dtype() == DType.BOOL;
        String number = number(value.doubleAt(0), bool ? DType.INT32 : value.dtype());
        String text = "torch.scalar_tensor(" + number + ", dtype=" + dtype(value.dtype()) + ")";
        return new DjlScriptTerm(text, value.type(), bool ? null : number);
    }

    /** True for what scripts take for 0. */
    static boolean isNegativeZero(double value) {
        return value == 0 && Double.doubleToRawLongBits(value) != 0;
    }

    /** A number of a dtype. */
    static String number(double value, DType dtype) {
        if (!dtype.isFloating()) {
            return Long.toString((long) value);
        }
        return Double.isNaN(value)
                ? "float(\"nan\")"
                : Double.isInfinite(value) ? (value < 0 ? "-" : "") + "float(\"inf\")" : Double.toString(value);
    }

    /** PyTorch's number of a dtype. */
    static int dtype(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> 6;
            case FLOAT64 -> 7;
            case INT32 -> 3;
            case INT64 -> 4;
            case BOOL -> 11;
        };
    }

    /** A list of sizes; an open one is {@code n}. */
    static String list(Shape shape) {
        return list(sizes(shape));
    }

    /** The sizes one by one. */
    static List<String> sizes(Shape shape) {
        return Arrays.stream(shape.toArray())
                .mapToObj(size -> size == Shape.BATCH ? "n" : Long.toString(size))
                .toList();
    }

    /** A list of integers. */
    static String list(int... values) {
        return list(Arrays.stream(values).mapToObj(Integer::toString).toList());
    }

    /** A list of expressions that are integers. */
    static String list(List<String> values) {
        return values.isEmpty()
                ? "annotate(List[int], [])"
                : values.stream().collect(Collectors.joining(", ", "[", "]"));
    }

    /** The product of sizes, as an expression. */
    static String product(Shape shape) {
        String open = " * n".repeat((int) Arrays.stream(shape.toArray())
                .filter(size -> size == Shape.BATCH)
                .count());
        return shape.closedSize() + open;
    }

    DType dtype() {
        return type.dtype();
    }

    Shape shape() {
        return type.shape();
    }

    int rank() {
        return type.shape().rank();
    }

    /** The number if there is one, else the tensor: what may stand as a second operand. */
    String operand() {
        return number == null ? text : number;
    }

    /** A value of the same dtype. */
    DjlScriptTerm with(String expression, Shape result) {
        return of(expression, type.with(result));
    }

    /** The same elements in another shape. */
    DjlScriptTerm reshape(Shape result) {
        return with("torch.reshape(" + text + ", " + list(result) + ")", result);
    }

    /** The axes in another order. */
    DjlScriptTerm permute(int... order) {
        Shape result = Shape.of(Arrays.stream(order).mapToLong(shape()::extent).toArray());
        return with("torch.permute(" + text + ", " + list(order) + ")", result);
    }

    /**
     * Zeros around the last axes, a negative width cuts; PyTorch counts axes from the last.
     *
     * @param widths before and after each of the last axes, whose sizes are not open
     */
    DjlScriptTerm pad(List<List<Long>> widths) {
        if (widths.stream().allMatch(List.of(0L, 0L)::equals)) {
            return this;
        }
        List<Long> fromLast = new ArrayList<>();
        Shape result = shape();
        for (int i = widths.size() - 1; i >= 0; i--) {
            List<Long> width = widths.get(i);
            int axis = rank() - widths.size() + i;
            fromLast.addAll(width);
            result = result.with(axis, result.extent(axis) + width.get(0) + width.get(1));
        }
        return with("torch.constant_pad_nd(" + text + ", " + fromLast + ", 0)", result);
    }
}
