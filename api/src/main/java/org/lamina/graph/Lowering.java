package org.lamina.graph;

import java.util.List;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;

/**
 * The primitives as a Java interface, in SPEC order: one short method each, on an adapter's own kind of tensor.
 *
 * <p>Every argument was checked when the layer was traced: dtypes fit, axes exist and count from the start, shapes broadcast.
 * A method returns a new tensor, or a view or the operand itself only where its Javadoc says so. Element by element ops
 * broadcast as NumPy does. What each op means, at NaN, infinities, ties and empty tensors too, is in SPEC.md.
 *
 * @param <T> a native tensor, or a node of a native graph
 */
public interface Lowering<T> {
    /** The value; called once when a graph is compiled, and the caller of the lowering owns the result. */
    T constant(HostArray value);

    /** -x, numeric. */
    T neg(T x);

    /** |x|, numeric. */
    T abs(T x);

    /** -1, 0 or 1, NaN for NaN; numeric. */
    T sign(T x);

    /** The greatest integer not above x, floating. */
    T floor(T x);

    /** e^x. */
    T exp(T x);

    /** e^x - 1, accurate near 0. */
    T expm1(T x);

    /** The natural logarithm. */
    T log(T x);

    /** ln(1 + x), accurate near 0. */
    T log1p(T x);

    /** The square root. */
    T sqrt(T x);

    /** The sine. */
    T sin(T x);

    /** The cosine. */
    T cos(T x);

    /** The tangent. */
    T tan(T x);

    /** The hyperbolic tangent. */
    T tanh(T x);

    /** 1 / (1 + e^-x). */
    T sigmoid(T x);

    /** The error function. */
    T erf(T x);

    /** Negation of bool. */
    T not(T x);

    /** x + y, numeric. */
    T add(T x, T y);

    /** x - y, numeric. */
    T sub(T x, T y);

    /** x y, numeric. */
    T mul(T x, T y);

    /** x / y, floating. */
    T div(T x, T y);

    /** x to the power y, floating. */
    T pow(T x, T y);

    /** The greater, NaN if either is; numeric. */
    T max(T x, T y);

    /** The lesser, NaN if either is; numeric. */
    T min(T x, T y);

    /** x = y as bool, numeric operands; false for NaN. */
    T equal(T x, T y);

    /** x &lt; y as bool, numeric operands; false for NaN. */
    T less(T x, T y);

    /** x &lt;= y as bool, numeric operands; false for NaN. */
    T lessEqual(T x, T y);

    /** Both, of bool. */
    T and(T x, T y);

    /** Either, of bool. */
    T or(T x, T y);

    /** x where the condition, a bool, is true, else y; NaN in what is not chosen does not matter. The three broadcast. */
    T select(T condition, T x, T y);

    /** The sum over the axes, in the same dtype; 0 of none. No axes: x itself. */
    T sum(T x, int[] axes, boolean keepDims);

    /** The mean over the axes, floating. */
    T mean(T x, int[] axes, boolean keepDims);

    /** The greatest over the axes, NaN if any is; numeric. */
    T reduceMax(T x, int[] axes, boolean keepDims);

    /** The least over the axes, NaN if any is; numeric. */
    T reduceMin(T x, int[] axes, boolean keepDims);

    /** The product over the axes, in the same dtype; 1 of none. */
    T prod(T x, int[] axes, boolean keepDims);

    /** The int64 index of the greatest along the axis: the first of equals, the first NaN if there is one. */
    T argMax(T x, int axis);

    /** The number of elements along the axes, as a scalar of the dtype. */
    T count(T x, int[] axes, DType dtype);

    /** The matrix product of the last two axes, both of rank 2 or more, leading axes broadcast; floating. */
    T matmul(T x, T y);

    /** The elements in C order in another shape; may be a view of x or x itself. */
    T reshape(T x, Shape shape);

    /** The axes reordered: axis i of the result is axis permutation[i] of x; may be a view of x. */
    T transpose(T x, int[] permutation);

    /** x repeated to the shape it broadcasts to; may be a view of x or x itself. */
    T broadcast(T x, Shape shape);

    /** The tensors one after another along the axis, at least one, any dtype; may be x itself if there is one. */
    T concat(List<T> tensors, int axis);

    /** Elements start, start + step, ... of the axis, length of them, step perhaps negative; may be a view of x. */
    T slice(T x, int axis, long start, long length, long step);

    /** x with before and after elements of the value around it along the axis, numeric. */
    T pad(T x, int axis, long before, long after, double value);

    /** Slices of x along the axis at integer indices in range; the shape of indices takes the axis' place. */
    T gather(T x, T indices, int axis);

    /** Slices of x, in which the shape of indices starts at the axis, added up at the indices into an axis of the size. */
    T scatterAdd(T x, T indices, int axis, long size);

    /** The running sum along the axis, without the element itself if exclusive, from the end if reverse; numeric. */
    T cumSum(T x, int axis, boolean exclusive, boolean reverse);

    /** x in another dtype; may be x itself if it has that dtype. */
    T cast(T x, DType dtype);

    /** x, through which the framework's own differentiation passes nothing; may be x itself where nothing records. */
    default T stopGradient(T x) {
        return x;
    }

    /**
     * A function of the framework's own; may be a view of an operand.
     *
     * @throws org.lamina.LaminaException BACKEND_CHOICE if the function is another framework's
     */
    default T nativeCall(NativeFunction function, TensorType type, List<T> operands) {
        throw NativeCall.refused(function);
    }
}
