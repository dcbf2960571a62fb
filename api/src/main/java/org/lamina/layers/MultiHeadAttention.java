package org.lamina.layers;

import java.util.List;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.layer.MultiLayer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * Scaled dot-product attention of several heads (Vaswani et al. 2017). Inputs are the queries, keys and values, each (batch, time,
 * features); of two the second is keys and values, and one alone attends to itself. The output is (batch, query time, units).
 *
 * <p>Four {@link Dense} layers {@code query}, {@code key}, {@code value} and {@code output} of that many units project the inputs
 * and the result. Head h has features h d to (h + 1) d - 1 with d = units / heads, and gives softmax(q k^T / sqrt(d)) v.
 *
 * @param heads divides the units
 * @param units the size of the projections
 * @param causal true if a query at position t attends to keys at positions up to t only; false by default
 */
public record MultiHeadAttention(long heads, long units, boolean causal) implements MultiLayer {
    /** Checks the sizes. */
    public MultiHeadAttention {
        Configuration.requirePositive("MultiHeadAttention", "heads", heads);
        Configuration.requirePositive("MultiHeadAttention", "units", units);
        if (units % heads != 0) {
            throw new LaminaException(
                    ErrorCode.CONFIGURATION,
                    "MultiHeadAttention: units is " + units + " and heads is " + heads
                            + ", which does not divide it. Give a multiple.");
        }
    }

    /** To all positions. */
    public MultiHeadAttention(long heads, long units) {
        this(heads, units, false);
    }

    @Override
    public List<Tensor> forward(Scope scope, List<Tensor> inputs) {
        int count = inputs.size();
        if (count > 3 || inputs.stream().anyMatch(input -> input.shape().rank() != 3)) {
            throw scope.error(
                    ErrorCode.SHAPE,
                    "the inputs are " + inputs + " and must be one to three of (batch, time, features): queries, keys, "
                            + "values. Reshape them first.");
        }
        Tensor query = heads(scope.call("query", new Dense(units), inputs.get(0)));
        Tensor key = heads(scope.call("key", new Dense(units), inputs.get(Math.min(1, count - 1))));
        Tensor value = heads(scope.call("value", new Dense(units), inputs.get(count - 1)));
        Tensor scores = query.matmul(key.swapAxes(2, 3)).div(Math.sqrt((double) units / heads));
        Tensor mixed = (causal ? masked(scope, scores) : scores).softmax(-1).matmul(value);
        Shape shape = inputs.get(0).shape().with(2, units);
        return List.of(
                scope.call("output", new Dense(units), mixed.swapAxes(1, 2).reshape(shape)));
    }

    /** (batch, heads, time, features of a head). */
    private Tensor heads(Tensor projected) {
        Shape shape = projected.shape().slice(0, 2).concat(Shape.of(heads, units / heads));
        return projected.reshape(shape).swapAxes(1, 2);
    }

    private static Tensor masked(Scope scope, Tensor scores) {
        long keys = scores.shape().dim(3);
        TensorType type = new TensorType(DType.BOOL, Shape.of(scores.shape().dim(2), keys));
        Tensor visible = scope.constant(HostArray.generate(type, i -> i % keys <= i / keys ? 1 : 0));
        return visible.select(scores, scope.constant(HostArray.of(Shape.scalar(), Double.NEGATIVE_INFINITY)));
    }
}
