package org.lamina.conformance.oracle;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.lamina.DType;
import org.lamina.Shape;
import org.lamina.graph.ArgMax;
import org.lamina.graph.Binary;
import org.lamina.graph.Broadcast;
import org.lamina.graph.Cast;
import org.lamina.graph.Comparison;
import org.lamina.graph.Concat;
import org.lamina.graph.CumSum;
import org.lamina.graph.Gather;
import org.lamina.graph.Logical;
import org.lamina.graph.MatMul;
import org.lamina.graph.Op;
import org.lamina.graph.Pad;
import org.lamina.graph.Reduction;
import org.lamina.graph.Reduction.Reducer;
import org.lamina.graph.Reshape;
import org.lamina.graph.ScatterAdd;
import org.lamina.graph.Select;
import org.lamina.graph.Slice;
import org.lamina.graph.Transpose;
import org.lamina.graph.Unary;

/**
 * The ops that files of reference values name.
 *
 * @param attributes what configures the op
 */
record ReferenceOps(Map<String, Object> attributes) {
    Op op(String name) {
        return switch (name) {
            case "sum", "mean", "prod" -> reduction(Reducer.valueOf(name.toUpperCase(Locale.ROOT)));
            case "reduce_max" -> reduction(Reducer.MAX);
            case "reduce_min" -> reduction(Reducer.MIN);
            case "argmax" -> new ArgMax((int) number("axis"));
            case "cumsum" -> new CumSum((int) number("axis"), flag("exclusive"), flag("reverse"));
            case "matmul" -> new MatMul();
            case "reshape" -> new Reshape(shape());
            case "transpose" -> new Transpose(axes("permutation"));
            case "broadcast" -> new Broadcast(shape());
            case "concat" -> new Concat((int) number("axis"));
            case "slice" -> new Slice((int) number("axis"), number("start"), number("length"), number("step"));
            case "pad" -> new Pad((int) number("axis"), number("before"), number("after"), (double) value("value"));
            case "gather" -> new Gather((int) number("axis"));
            case "scatter_add" -> new ScatterAdd((int) number("axis"), number("size"));
            case "cast" -> new Cast(DType.valueOf(((String) value("dtype")).toUpperCase(Locale.ROOT)));
            case "select" -> new Select();
            default -> constant(name);
        };
    }

    private static Op constant(String name) {
        return List.of(Unary.values(), Binary.values(), Comparison.values(), Logical.values()).stream()
                .flatMap(Arrays::<Op>stream)
                .filter(op -> op.kind().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private Op reduction(Reducer reducer) {
        return new Reduction(reducer, axes("axes"), flag("keep"));
    }

    private Shape shape() {
        return Shape.of(ReferenceValues.longs(value("shape")));
    }

    private List<Integer> axes(String name) {
        return Arrays.stream(ReferenceValues.longs(value(name)))
                .mapToObj(axis -> (int) axis)
                .toList();
    }

    private long number(String name) {
        return (Long) value(name);
    }

    private boolean flag(String name) {
        return (Boolean) value(name);
    }

    private Object value(String name) {
        return Objects.requireNonNull(attributes.get(name), name);
    }
}
