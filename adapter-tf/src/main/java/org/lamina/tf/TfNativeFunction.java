package org.lamina.tf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lamina.graph.NativeFunction;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;

/**
 * Ops of TensorFlow as a function of inputs and parameters, or the derivative of one: they become a part of the lowered graph.
 *
 * @param builder adds the ops to a graph, the same ones each time
 * @param parameters in the order of the operands, after the inputs
 * @param inputs how many there are
 * @param used the operands that the result depends on, by which alone TensorFlow differentiates
 * @param by the operand to differentiate by, or {@link #VALUE}
 */
record TfNativeFunction(
        String function, Builder builder, List<String> parameters, int inputs, Set<Integer> used, int by)
        implements NativeFunction {
    static final int VALUE = -1;

    /** Adds ops to a graph. */
    interface Builder {
        Operand<?> build(Ops tf, TfNativeLayer.Parameters parameters, List<Operand<?>> inputs);
    }

    @Override
    public String name() {
        return function + " of TensorFlow";
    }

    @Override
    public List<String> backends() {
        return List.of(TfProvider.NAME);
    }

    /** TensorFlow has no derivative of some of its own derivatives, and says so only when a graph is built. */
    @Override
    public @Nullable NativeFunction pullback(int operand) {
        return by == VALUE ? new TfNativeFunction(function, builder, parameters, inputs, used, operand) : null;
    }

    /** @param operands the inputs, the parameters and, for a derivative, the cotangent */
    Operand<?> compute(Ops tf, List<Operand<?>> operands) {
        return by == VALUE ? value(tf, operands) : derivative(tf, operands);
    }

    private Operand<?> value(Ops tf, List<Operand<?>> operands) {
        Map<String, Operand<?>> values = new HashMap<>();
        for (int i = 0; i < parameters.size(); i++) {
            values.put(parameters.get(i), operands.get(inputs + i));
        }
        return builder.build(
                tf,
                (name, shape, initializer) -> Objects.requireNonNull(values.get(name), name),
                operands.subList(0, inputs));
    }

    private Operand<?> derivative(Ops tf, List<Operand<?>> operands) {
        if (!used.contains(by)) {
            return tf.zerosLike(TfLowering.typed(operands.get(by)));
        }
        // Where one operand depends on another, only what goes through the function is wanted.
        List<Operand<?>> given = new ArrayList<>();
        operands.forEach(operand -> given.add(tf.identity(TfLowering.typed(operand))));
        Output<?> cotangent = given.remove(given.size() - 1).asOutput();
        Graph graph = (Graph) tf.scope().env();
        Output<?> y = value(tf, given).asOutput();
        Output<?> x = given.get(by).asOutput();
        Output<?> gradient =
                graph.addGradients(null, new Output<?>[] {y}, new Output<?>[] {x}, new Output<?>[] {cotangent})[0];
        // Closed where all paths go through ops that have no derivative on purpose, such as a rounding.
        return gradient.isClosed() ? tf.zerosLike(x) : gradient;
    }
}
