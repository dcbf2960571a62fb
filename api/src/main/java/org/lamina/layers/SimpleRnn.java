package org.lamina.layers;

import org.lamina.Arguments;
import org.lamina.layer.Initializer;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * The simple recurrent layer (Elman 1990) of (batch, time, in): h_t = activation(x_t weight + h_(t-1) recurrent + bias), from zeros.
 *
 * <p>{@code weight} is (in, units) and {@code recurrent} (units, units), drawn by Glorot's uniform initializer; {@code bias} is
 * (units) and starts at 0.
 *
 * @param units the size of the state
 * @param returnSequences true, the default, for all states, (batch, time, units); false for the last, (batch, units)
 * @param activation {@link Tanh} by default
 */
public record SimpleRnn(long units, boolean returnSequences, Layer activation) implements Layer {
    /** Checks the size. */
    public SimpleRnn {
        Arguments.require(activation, "SimpleRnn", "activation");
        Configuration.requirePositive("SimpleRnn", "units", units);
    }

    /** Of tanh, for all states. */
    public SimpleRnn(long units) {
        this(units, true);
    }

    /** Of tanh. */
    public SimpleRnn(long units, boolean returnSequences) {
        this(units, returnSequences, new Tanh());
    }

    @Override
    public Tensor forward(Scope scope, Tensor x) {
        Recurrence recurrence = new Recurrence(scope, x, units, "");
        Tensor inputs = recurrence.inputs(x, Initializer.zeros());
        Tensor recurrent = recurrence.matrices("recurrent", units);
        return Recurrence.output(
                Recurrence.run(
                        inputs,
                        recurrence.start(x),
                        (input, state) -> scope.call("activation", activation, input.add(state.matmul(recurrent)))),
                returnSequences);
    }
}
