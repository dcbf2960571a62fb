package org.lamina.layer;

import java.util.List;
import org.lamina.ErrorCode;
import org.lamina.graph.Composite;
import org.lamina.graph.Composite.Derivative;

/** Activation functions whose derivative is given, not derived. */
final class Activations {
    private Activations() {}

    static Tensor relu(Tensor x) {
        // The result tells where the derivative is 0 as well as the operand does, which then need not be kept.
        return with("relu", x.maximum(0), x, (graph, arguments, y, dy) -> {
            Tensor output = x.wrap(y);
            Tensor cotangent = x.wrap(dy);
            return List.of(
                    output.lessEqual(0).select(cotangent.scalar(0), cotangent).node());
        });
    }

    static Tensor softplus(Tensor x) {
        Tensor value = x.maximum(0).add(x.abs().neg().exp().log1p());
        return with(
                "softplus",
                value,
                x,
                (graph, arguments, y, dy) -> List.of(
                        x.wrap(dy).mul(x.wrap(arguments.get(0)).sigmoid()).node()));
    }

    static Tensor clip(Tensor x, double low, double high) {
        if (!(low <= high)) {
            throw x.graph()
                    .located(
                            ErrorCode.RANGE,
                            "clip: low is " + low + " and high is " + high + "; low must not be above high.");
        }
        return with("clip", x.maximum(low).minimum(high), x, (graph, arguments, y, dy) -> {
            Tensor input = x.wrap(arguments.get(0));
            Tensor cotangent = x.wrap(dy);
            Tensor inside = input.greaterEqual(low).and(input.lessEqual(high));
            return List.of(inside.select(cotangent, cotangent.scalar(0)).node());
        });
    }

    private static Tensor with(String kind, Tensor value, Tensor x, Derivative derivative) {
        return value.apply(new Composite(kind, derivative), x);
    }
}
