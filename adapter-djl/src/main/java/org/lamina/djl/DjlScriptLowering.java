package org.lamina.djl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.Lowering;
import org.lamina.graph.NativeFunction;

/**
 * The primitives as expressions of TorchScript, one by one, in SPEC order. Its names are PyTorch's own. What a method returns has
 * its operand's type; the script gives it that of the node.
 */
final class DjlScriptLowering implements Lowering<DjlScriptTerm> {
    private final DjlScriptBody body;
    /** The operand that the next op may write over, or -1. */
    private int overwritten = -1;

    /** @param body where statements go that an expression needs before it */
    DjlScriptLowering(DjlScriptBody body) {
        this.body = body;
    }

    /** The op that is lowered next may write over an operand of it. */
    void overwrite(int operand) {
        overwritten = operand;
    }

    private static DjlScriptTerm like(DjlScriptTerm x, String text) {
        return DjlScriptTerm.of(text, x.type());
    }

    /** A function of one tensor, element by element, which PyTorch also has in place. */
    private DjlScriptTerm map(String name, DjlScriptTerm x) {
        return like(x, "torch." + name + (overwritten == 0 ? "_" : "") + "(" + x.text() + ")");
    }

    /** A function of two tensors, element by element, which PyTorch also has in place. */
    private DjlScriptTerm zip(String name, DjlScriptTerm x, DjlScriptTerm y) {
        return like(x, "torch." + name + (overwritten == 0 ? "_" : "") + "(" + x.text() + ", " + y.operand() + ")");
    }

    /** One whose operands may change places. */
    private DjlScriptTerm swappable(String name, DjlScriptTerm x, DjlScriptTerm y) {
        if (overwritten == 1 || x.number() != null) {
            overwritten -= overwritten == 1 ? 1 : 0;
            return zip(name, y, x);
        }
        return zip(name, x, y);
    }

    private static DjlScriptTerm compare(String name, DjlScriptTerm x, DjlScriptTerm y) {
        return like(x, "torch." + name + "(" + x.text() + ", " + y.operand() + ")");
    }

    /** PyTorch takes a number here only as a limit, which must not be NaN. */
    private DjlScriptTerm extremum(String name, String limit, DjlScriptTerm x, DjlScriptTerm y) {
        DjlScriptTerm tensor = x.number() == null ? x : y;
        DjlScriptTerm number = x.number() == null ? y : x;
        boolean limits = number.number() != null && !number.number().contains("nan") && number.dtype() == x.dtype();
        return limits ? zip(limit, tensor, number) : like(x, "torch." + name + "(" + x.text() + ", " + y.text() + ")");
    }

    @Override
    public DjlScriptTerm constant(HostArray value) {
        throw new IllegalStateException("constants are computed before the script is written");
    }

    @Override
    public DjlScriptTerm neg(DjlScriptTerm x) {
        return map("neg", x);
    }

    @Override
    public DjlScriptTerm abs(DjlScriptTerm x) {
        return map("abs", x);
    }

    /** PyTorch's sign of NaN is 0. */
    @Override
    public DjlScriptTerm sign(DjlScriptTerm x) {
        String t = x.text();
        return like(
                x,
                x.dtype().isFloating()
                        ? "torch.where(torch.eq(" + t + ", " + t + "), torch.sign(" + t + "), " + t + ")"
                        : "torch.sign(" + t + ")");
    }

    @Override
    public DjlScriptTerm floor(DjlScriptTerm x) {
        return map("floor", x);
    }

    @Override
    public DjlScriptTerm exp(DjlScriptTerm x) {
        return map("exp", x);
    }

    @Override
    public DjlScriptTerm expm1(DjlScriptTerm x) {
        return map("expm1", x);
    }

    @Override
    public DjlScriptTerm log(DjlScriptTerm x) {
        return map("log", x);
    }

    @Override
    public DjlScriptTerm log1p(DjlScriptTerm x) {
        return map("log1p", x);
    }

    @Override
    public DjlScriptTerm sqrt(DjlScriptTerm x) {
        return map("sqrt", x);
    }

    @Override
    public DjlScriptTerm sin(DjlScriptTerm x) {
        return map("sin", x);
    }

    @Override
    public DjlScriptTerm cos(DjlScriptTerm x) {
        return map("cos", x);
    }

    @Override
    public DjlScriptTerm tan(DjlScriptTerm x) {
        return map("tan", x);
    }

    @Override
    public DjlScriptTerm tanh(DjlScriptTerm x) {
        return map("tanh", x);
    }

    @Override
    public DjlScriptTerm sigmoid(DjlScriptTerm x) {
        return map("sigmoid", x);
    }

    @Override
    public DjlScriptTerm erf(DjlScriptTerm x) {
        return map("erf", x);
    }

    @Override
    public DjlScriptTerm not(DjlScriptTerm x) {
        return like(x, "torch.logical_not(" + x.text() + ")");
    }

    @Override
    public DjlScriptTerm add(DjlScriptTerm x, DjlScriptTerm y) {
        return swappable("add", x, y);
    }

    @Override
    public DjlScriptTerm sub(DjlScriptTerm x, DjlScriptTerm y) {
        return zip("sub", x, y);
    }

    @Override
    public DjlScriptTerm mul(DjlScriptTerm x, DjlScriptTerm y) {
        return swappable("mul", x, y);
    }

    @Override
    public DjlScriptTerm div(DjlScriptTerm x, DjlScriptTerm y) {
        return like(x, "torch.div" + (overwritten == 0 ? "_" : "") + "(" + x.text() + ", " + y.text() + ")");
    }

    @Override
    public DjlScriptTerm pow(DjlScriptTerm x, DjlScriptTerm y) {
        return like(x, "torch.pow(" + x.text() + ", " + y.text() + ")");
    }

    @Override
    public DjlScriptTerm max(DjlScriptTerm x, DjlScriptTerm y) {
        return extremum("maximum", "clamp_min", x, y);
    }

    @Override
    public DjlScriptTerm min(DjlScriptTerm x, DjlScriptTerm y) {
        return extremum("minimum", "clamp_max", x, y);
    }

    @Override
    public DjlScriptTerm equal(DjlScriptTerm x, DjlScriptTerm y) {
        return compare("eq", x, y);
    }

    @Override
    public DjlScriptTerm less(DjlScriptTerm x, DjlScriptTerm y) {
        return compare("lt", x, y);
    }

    @Override
    public DjlScriptTerm lessEqual(DjlScriptTerm x, DjlScriptTerm y) {
        return compare("le", x, y);
    }

    @Override
    public DjlScriptTerm and(DjlScriptTerm x, DjlScriptTerm y) {
        return like(x, "torch.logical_and(" + x.text() + ", " + y.text() + ")");
    }

    @Override
    public DjlScriptTerm or(DjlScriptTerm x, DjlScriptTerm y) {
        return like(x, "torch.logical_or(" + x.text() + ", " + y.text() + ")");
    }

    @Override
    public DjlScriptTerm select(DjlScriptTerm condition, DjlScriptTerm x, DjlScriptTerm y) {
        String first = y.number() == null ? x.operand() : x.text();
        return like(x, "torch.where(" + condition.text() + ", " + first + ", " + y.operand() + ")");
    }

    /** PyTorch takes no axes for all, and sums int32 to int64 unless told. */
    @Override
    public DjlScriptTerm sum(DjlScriptTerm x, int[] axes, boolean keepDims) {
        return reduce("sum", x, axes, keepDims, ", dtype=" + DjlScriptTerm.dtype(x.dtype()));
    }

    @Override
    public DjlScriptTerm mean(DjlScriptTerm x, int[] axes, boolean keepDims) {
        return reduce("mean", x, axes, keepDims, "");
    }

    @Override
    public DjlScriptTerm reduceMax(DjlScriptTerm x, int[] axes, boolean keepDims) {
        return reduce("amax", x, axes, keepDims, "");
    }

    @Override
    public DjlScriptTerm reduceMin(DjlScriptTerm x, int[] axes, boolean keepDims) {
        return reduce("amin", x, axes, keepDims, "");
    }

    private static DjlScriptTerm reduce(String name, DjlScriptTerm x, int[] axes, boolean keepDims, String more) {
        return like(
                x,
                axes.length == 0
                        ? "torch.clone(" + x.text() + ")"
                        : "torch." + name + "(" + x.text() + ", " + DjlScriptTerm.list(axes) + ", " + flag(keepDims)
                                + more + ")");
    }

    private static String flag(boolean value) {
        return value ? "True" : "False";
    }

    /** PyTorch's product takes one axis; the last goes first, so that the others keep their numbers. */
    @Override
    public DjlScriptTerm prod(DjlScriptTerm x, int[] axes, boolean keepDims) {
        String text = axes.length == 0 ? "torch.clone(" + x.text() + ")" : x.text();
        for (int i = axes.length - 1; i >= 0; i--) {
            text = "torch.prod(" + text + ", " + axes[i] + ", " + flag(keepDims) + ", dtype="
                    + DjlScriptTerm.dtype(x.dtype()) + ")";
        }
        return like(x, text);
    }

    @Override
    public DjlScriptTerm argMax(DjlScriptTerm x, int axis) {
        return like(x, "torch.argmax(" + x.text() + ", " + axis + ")");
    }

    @Override
    public DjlScriptTerm count(DjlScriptTerm x, int[] axes, DType dtype) {
        Shape counted =
                Shape.of(Arrays.stream(axes).mapToLong(x.shape()::extent).toArray());
        return like(
                x,
                "torch.scalar_tensor(" + DjlScriptTerm.product(counted) + ", dtype=" + DjlScriptTerm.dtype(dtype)
                        + ")");
    }

    @Override
    public DjlScriptTerm matmul(DjlScriptTerm x, DjlScriptTerm y) {
        return like(x, new DjlScriptProduct(x, y).value(body));
    }

    @Override
    public DjlScriptTerm reshape(DjlScriptTerm x, Shape shape) {
        return x.reshape(shape);
    }

    @Override
    public DjlScriptTerm transpose(DjlScriptTerm x, int[] permutation) {
        return x.permute(permutation);
    }

    @Override
    public DjlScriptTerm broadcast(DjlScriptTerm x, Shape shape) {
        return like(x, "torch.expand(" + x.text() + ", " + DjlScriptTerm.list(shape) + ")");
    }

    @Override
    public DjlScriptTerm concat(List<DjlScriptTerm> tensors, int axis) {
        String all = tensors.stream().map(DjlScriptTerm::text).collect(Collectors.joining(", ", "[", "]"));
        return like(tensors.get(0), "torch.cat(" + all + ", " + axis + ")");
    }

    /** PyTorch takes no negative step. */
    @Override
    public DjlScriptTerm slice(DjlScriptTerm x, int axis, long start, long length, long step) {
        if (length == 0) {
            return like(x, slice(x.text(), axis, 0, 0, 1));
        }
        long last = start + (length - 1) * step;
        return like(
                x,
                step > 0
                        ? slice(x.text(), axis, start, last + 1, step)
                        : "torch.flip(" + slice(x.text(), axis, last, start + 1, -step) + ", " + "[" + axis + "])");
    }

    private static String slice(String x, int axis, long from, long to, long step) {
        return "torch.slice(" + x + ", " + axis + ", " + from + ", " + to + ", " + step + ")";
    }

    /** PyTorch refuses to pad what has no elements. */
    @Override
    public DjlScriptTerm pad(DjlScriptTerm x, int axis, long before, long after, double value) {
        if (DjlScriptTerm.isNegativeZero(value) && x.dtype().isFloating()) {
            return like(
                    x,
                    negative(pad(like(x, negative(x.text())), axis, before, after, 0)
                            .text()));
        }
        if (x.shape().closedSize() == 0) {
            Shape shape = x.shape().extent(axis) == Shape.BATCH
                    ? x.shape()
                    : x.shape().with(axis, x.shape().extent(axis) + before + after);
            return like(
                    x,
                    "torch.full(" + DjlScriptTerm.list(shape) + ", " + DjlScriptTerm.number(value, x.dtype())
                            + ", dtype=" + DjlScriptTerm.dtype(x.dtype()) + ")");
        }
        String widths = "0, 0, ".repeat(x.rank() - 1 - axis) + before + ", " + after;
        return like(
                x,
                "torch.constant_pad_nd(" + x.text() + ", [" + widths + "], " + DjlScriptTerm.number(value, x.dtype())
                        + ")");
    }

    private static String negative(String x) {
        return "torch.neg(" + x + ")";
    }

    @Override
    public DjlScriptTerm gather(DjlScriptTerm x, DjlScriptTerm indices, int axis) {
        Shape shape = x.shape()
                .slice(0, axis)
                .concat(indices.shape())
                .concat(x.shape().slice(axis + 1, x.rank()));
        String flat = "torch.index_select(" + x.text() + ", " + axis + ", torch.flatten(" + indices.text() + "))";
        return like(x, "torch.reshape(" + flat + ", " + DjlScriptTerm.list(shape) + ")");
    }

    @Override
    public DjlScriptTerm scatterAdd(DjlScriptTerm x, DjlScriptTerm indices, int axis, long size) {
        Shape before = x.shape().slice(0, axis);
        Shape after = x.shape().slice(axis + indices.rank(), x.rank());
        String sum = body.variable("torch.zeros("
                + DjlScriptTerm.list(before.concat(Shape.of(size)).concat(after)) + ", dtype="
                + DjlScriptTerm.dtype(x.dtype()) + ")");
        List<String> sizes = new ArrayList<>(DjlScriptTerm.sizes(before));
        sizes.add(DjlScriptTerm.product(indices.shape()));
        sizes.addAll(DjlScriptTerm.sizes(after));
        return like(
                x,
                "torch.index_add_(" + sum + ", " + axis + ", torch.flatten(" + indices.text() + "), torch.reshape("
                        + x.text() + ", " + DjlScriptTerm.list(sizes) + "))");
    }

    /** PyTorch has neither order but the plain one. */
    @Override
    public DjlScriptTerm cumSum(DjlScriptTerm x, int axis, boolean exclusive, boolean reverse) {
        if (x.shape().closedSize() == 0) {
            return like(x, "torch.clone(" + x.text() + ")");
        }
        String text = reverse ? flip(x.text(), axis) : x.text();
        if (exclusive) {
            String zeros = "0, 0, ".repeat(x.rank() - 1 - axis) + "1, -1";
            text = "torch.constant_pad_nd(" + text + ", [" + zeros + "], " + DjlScriptTerm.number(0, x.dtype()) + ")";
        }
        String sum = "torch.cumsum(" + text + ", " + axis + ", dtype=" + DjlScriptTerm.dtype(x.dtype()) + ")";
        return like(x, reverse ? flip(sum, axis) : sum);
    }

    private static String flip(String x, int axis) {
        return "torch.flip(" + x + ", [" + axis + "])";
    }

    @Override
    public DjlScriptTerm cast(DjlScriptTerm x, DType dtype) {
        return like(x, "torch.to(" + x.text() + ", " + DjlScriptTerm.dtype(dtype) + ")");
    }

    @Override
    public DjlScriptTerm nativeCall(NativeFunction function, TensorType type, List<DjlScriptTerm> operands) {
        return function instanceof DjlKernels.Kernel kernel
                ? DjlScriptTerm.of(kernel.text().of(body, type, operands), type)
                : Lowering.super.nativeCall(function, type, operands);
    }
}
