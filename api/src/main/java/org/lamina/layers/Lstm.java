package org.lamina.layers;

import java.util.List;
import org.lamina.layer.Initializer;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000) of (batch, time, in), from
 * zeros. With z_g = x_t weight_g + h_(t-1) recurrent_g + bias_g for each gate g,
 *
 * <p>c_t = sigmoid(z_forget) c_(t-1) + sigmoid(z_input) tanh(z_cell), h_t = sigmoid(z_output) tanh(c_t).
 *
 * <p>Each gate has parameters of its own, so that no order of gates needs to be known: {@code weightInput}, {@code weightForget},
 * {@code weightCell}, {@code weightOutput} are (in, units) and {@code recurrentInput}, ... (units, units), drawn by Glorot's
 * uniform initializer; {@code biasInput}, ... are (units) and start at 0, {@code biasForget} at 1 (Jozefowicz et al. 2015).
 * PyTorch's two biases are one here, their sum.
 *
 * @param units the size of the state
 * @param returnSequences true, the default, for all h, (batch, time, units); false for the last, (batch, units)
 */
public record Lstm(long units, boolean returnSequences) implements Layer {
    /** Checks the size. */
    public Lstm {
        Configuration.requirePositive("Lstm", "units", units);
    }

    /** For all states. */
    public Lstm(long units) {
        this(units, true);
    }

    private record State(Tensor hidden, Tensor cell) {}

    @Override
    public Tensor forward(Scope scope, Tensor x) {
        Recurrence recurrence = new Recurrence(scope, x, units, "input", "forget", "cell", "output");
        Initializer zeros = Initializer.zeros();
        Tensor inputs = recurrence.inputs(x, zeros, Initializer.ones(), zeros, zeros);
        Tensor recurrent = recurrence.matrices("recurrent", units);
        Tensor start = recurrence.start(x);
        List<State> states = Recurrence.run(inputs, new State(start, start), (input, before) -> {
            List<Tensor> gates = recurrence.split(input.add(before.hidden.matmul(recurrent)));
            Tensor kept = gates.get(1).sigmoid().mul(before.cell);
            Tensor cell = kept.add(gates.get(0).sigmoid().mul(gates.get(2).tanh()));
            return new State(gates.get(3).sigmoid().mul(cell.tanh()), cell);
        });
        return Recurrence.output(states.stream().map(State::hidden).toList(), returnSequences);
    }
}
