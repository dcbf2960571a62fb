package org.lamina.djl;

import java.util.List;
import java.util.Map;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.Lowering;
import org.lamina.graph.NativeFunction;

/** The primitives as nodes of a program of MXNet's, one by one, in SPEC order. */
final class DjlSymbolLowering implements Lowering<DjlSymbol> {
    private final DjlSymbolDetours detours;

    DjlSymbolLowering(DjlSymbolDetours detours) {
        this.detours = detours;
    }

    @Override
    public DjlSymbol constant(HostArray value) {
        return detours.constant(value);
    }

    private DjlSymbol unary(String op, DjlSymbol x) {
        return detours.op(op, x.type(), Map.of(), x);
    }

    @Override
    public DjlSymbol neg(DjlSymbol x) {
        return unary("_npi_negative", x);
    }

    @Override
    public DjlSymbol abs(DjlSymbol x) {
        return detours.abs(x);
    }

    @Override
    public DjlSymbol sign(DjlSymbol x) {
        return detours.sign(x);
    }

    @Override
    public DjlSymbol floor(DjlSymbol x) {
        return unary("_npi_floor", x);
    }

    @Override
    public DjlSymbol exp(DjlSymbol x) {
        return unary("_npi_exp", x);
    }

    @Override
    public DjlSymbol expm1(DjlSymbol x) {
        return unary("_npi_expm1", x);
    }

    @Override
    public DjlSymbol log(DjlSymbol x) {
        return unary("_npi_log", x);
    }

    @Override
    public DjlSymbol log1p(DjlSymbol x) {
        return unary("_npi_log1p", x);
    }

    @Override
    public DjlSymbol sqrt(DjlSymbol x) {
        return unary("_npi_sqrt", x);
    }

    @Override
    public DjlSymbol sin(DjlSymbol x) {
        return unary("_npi_sin", x);
    }

    @Override
    public DjlSymbol cos(DjlSymbol x) {
        return unary("_npi_cos", x);
    }

    @Override
    public DjlSymbol tan(DjlSymbol x) {
        return unary("_npi_tan", x);
    }

    @Override
    public DjlSymbol tanh(DjlSymbol x) {
        return unary("_npi_tanh", x);
    }

    @Override
    public DjlSymbol sigmoid(DjlSymbol x) {
        return detours.sigmoid(x);
    }

    @Override
    public DjlSymbol erf(DjlSymbol x) {
        return unary("_npx_erf", x);
    }

    @Override
    public DjlSymbol not(DjlSymbol x) {
        return unary("_npi_logical_not", x);
    }

    @Override
    public DjlSymbol add(DjlSymbol x, DjlSymbol y) {
        return detours.add(x, y);
    }

    @Override
    public DjlSymbol sub(DjlSymbol x, DjlSymbol y) {
        return detours.binary("_npi_subtract", "_npi_subtract_scalar", "_npi_rsubtract_scalar", x, y);
    }

    @Override
    public DjlSymbol mul(DjlSymbol x, DjlSymbol y) {
        return detours.binary("_npi_multiply", "_npi_multiply_scalar", "_npi_multiply_scalar", x, y);
    }

    @Override
    public DjlSymbol div(DjlSymbol x, DjlSymbol y) {
        return detours.binary("_npi_true_divide", "_npi_true_divide_scalar", "_npi_rtrue_divide_scalar", x, y);
    }

    @Override
    public DjlSymbol pow(DjlSymbol x, DjlSymbol y) {
        return detours.binary("_npi_power", "_npi_power_scalar", "_npi_rpower_scalar", x, y);
    }

    @Override
    public DjlSymbol max(DjlSymbol x, DjlSymbol y) {
        return detours.extreme("_npi_maximum", x, y);
    }

    @Override
    public DjlSymbol min(DjlSymbol x, DjlSymbol y) {
        return detours.extreme("_npi_minimum", x, y);
    }

    @Override
    public DjlSymbol equal(DjlSymbol x, DjlSymbol y) {
        return detours.compare("_npi_equal", "_npi_equal_scalar", "_npi_equal_scalar", x, y);
    }

    @Override
    public DjlSymbol less(DjlSymbol x, DjlSymbol y) {
        return detours.compare("_npi_less", "_npi_less_scalar", "_npi_greater_scalar", x, y);
    }

    @Override
    public DjlSymbol lessEqual(DjlSymbol x, DjlSymbol y) {
        return detours.compare("_npi_less_equal", "_npi_less_equal_scalar", "_npi_greater_equal_scalar", x, y);
    }

    @Override
    public DjlSymbol and(DjlSymbol x, DjlSymbol y) {
        return detours.logical(DjlSymbolDetours.AND, x, y);
    }

    @Override
    public DjlSymbol or(DjlSymbol x, DjlSymbol y) {
        return detours.logical(DjlSymbolDetours.OR, x, y);
    }

    @Override
    public DjlSymbol select(DjlSymbol condition, DjlSymbol x, DjlSymbol y) {
        return detours.select(condition, x, y);
    }

    @Override
    public DjlSymbol sum(DjlSymbol x, int[] axes, boolean keepDims) {
        return detours.sum(x, axes, keepDims);
    }

    @Override
    public DjlSymbol mean(DjlSymbol x, int[] axes, boolean keepDims) {
        return div(detours.sum(x, axes, keepDims), count(x, axes, x.type().dtype()));
    }

    @Override
    public DjlSymbol reduceMax(DjlSymbol x, int[] axes, boolean keepDims) {
        return detours.reduce("_np_max", x, axes, keepDims);
    }

    @Override
    public DjlSymbol reduceMin(DjlSymbol x, int[] axes, boolean keepDims) {
        return detours.reduce("_np_min", x, axes, keepDims);
    }

    @Override
    public DjlSymbol prod(DjlSymbol x, int[] axes, boolean keepDims) {
        return detours.reduce("_np_prod", x, axes, keepDims);
    }

    @Override
    public DjlSymbol argMax(DjlSymbol x, int axis) {
        Shape shape = DjlSymbolDetours.reduced(x.shape(), new int[] {axis}, false);
        return detours.op("_npi_argmax", new TensorType(DType.INT64, shape), Map.of("axis", axis), x);
    }

    @Override
    public DjlSymbol count(DjlSymbol x, int[] axes, DType dtype) {
        return detours.scalar((double) DjlSymbolDetours.count(x.shape(), axes), dtype);
    }

    @Override
    public DjlSymbol matmul(DjlSymbol x, DjlSymbol y) {
        return detours.matmul(x, y);
    }

    @Override
    public DjlSymbol reshape(DjlSymbol x, Shape shape) {
        return detours.reshape(x, shape);
    }

    @Override
    public DjlSymbol transpose(DjlSymbol x, int[] permutation) {
        return detours.transpose(x, permutation);
    }

    @Override
    public DjlSymbol broadcast(DjlSymbol x, Shape shape) {
        return detours.broadcast(x, shape);
    }

    @Override
    public DjlSymbol concat(List<DjlSymbol> tensors, int axis) {
        return detours.concat(tensors, axis);
    }

    @Override
    public DjlSymbol slice(DjlSymbol x, int axis, long start, long length, long step) {
        return detours.slice(x, axis, start, length, step);
    }

    @Override
    public DjlSymbol pad(DjlSymbol x, int axis, long before, long after, double value) {
        return detours.pad(x, axis, before, after, value);
    }

    @Override
    public DjlSymbol gather(DjlSymbol x, DjlSymbol indices, int axis) {
        return detours.gather(x, indices, axis);
    }

    @Override
    public DjlSymbol scatterAdd(DjlSymbol x, DjlSymbol indices, int axis, long size) {
        throw new DjlSymbol.Inexpressible("MXNet adds at equal indices in any order, or in parallel");
    }

    @Override
    public DjlSymbol cumSum(DjlSymbol x, int axis, boolean exclusive, boolean reverse) {
        return detours.cumSum(x, axis, exclusive, reverse);
    }

    @Override
    public DjlSymbol cast(DjlSymbol x, DType dtype) {
        return detours.cast(x, dtype);
    }

    @Override
    public DjlSymbol nativeCall(NativeFunction function, TensorType type, List<DjlSymbol> operands) {
        if (function instanceof DjlSymbolKernels.Kernel kernel) {
            return kernel.compute(detours, type, operands);
        }
        throw new DjlSymbol.Inexpressible(function.name() + " is no op of MXNet's");
    }
}
