package org.lamina.layers;

import java.util.List;
import org.lamina.Shape;
import org.lamina.layer.Initializer;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * Gated recurrent units (Cho et al. 2014) of (batch, time, in), from zeros. With z_g = x_t weight_g + bias_g for each gate g,
 *
 * <p>r = sigmoid(z_reset + h_(t-1) recurrent_reset), u = sigmoid(z_update + h_(t-1) recurrent_update), h_t = u h_(t-1) + (1 - u) c,
 * where the candidate c is tanh(z_candidate + r (h_(t-1) recurrent_candidate + recurrentBias)) if {@code resetAfter}, else
 * tanh(z_candidate + (r h_(t-1)) recurrent_candidate).
 *
 * <p>Each gate has parameters of its own: {@code weightReset}, {@code weightUpdate}, {@code weightCandidate} are (in, units) and
 * {@code recurrentReset}, ... (units, units), drawn by Glorot's uniform initializer; {@code biasReset}, ... are (units) and start
 * at 0. With {@code resetAfter} there is also {@code recurrentBias} (units); the other gates' two biases, as some frameworks have
 * them, are one here, their sum.
 *
 * @param units the size of the state
 * @param returnSequences true, the default, for all h, (batch, time, units); false for the last, (batch, units)
 * @param resetAfter true, the default, to reset after the product, as PyTorch and cuDNN do; false for before it, as in the paper
 */
public record Gru(long units, boolean returnSequences, boolean resetAfter) implements Layer {
    /** Checks the size. */
    public Gru {
        Configuration.requirePositive("Gru", "units", units);
    }

    /** With the reset after the product, for all states. */
    public Gru(long units) {
        this(units, true);
    }

    /** With the reset after the product. */
    public Gru(long units, boolean returnSequences) {
        this(units, returnSequences, true);
    }

    @Override
    public Tensor forward(Scope scope, Tensor x) {
        Recurrence recurrence = new Recurrence(scope, x, units, "reset", "update", "candidate");
        Initializer zeros = Initializer.zeros();
        Tensor inputs = recurrence.inputs(x, zeros, zeros, zeros);
        Tensor recurrent = recurrence.matrices("recurrent", units);
        Recurrence.Step<Tensor> step = resetAfter
                ? after(recurrence, recurrent, scope.parameter("recurrentBias", Shape.of(units), zeros))
                : before(recurrence, recurrent);
        return Recurrence.output(Recurrence.run(inputs, recurrence.start(x), step), returnSequences);
    }

    private static Recurrence.Step<Tensor> after(Recurrence recurrence, Tensor recurrent, Tensor bias) {
        return (input, state) -> {
            List<Tensor> inputs = recurrence.split(input);
            List<Tensor> products = recurrence.split(state.matmul(recurrent));
            Tensor reset = inputs.get(0).add(products.get(0)).sigmoid();
            Tensor update = inputs.get(1).add(products.get(1)).sigmoid();
            Tensor candidate = inputs.get(2).add(reset.mul(products.get(2).add(bias)));
            return blend(update, state, candidate.tanh());
        };
    }

    private Recurrence.Step<Tensor> before(Recurrence recurrence, Tensor recurrent) {
        Tensor gates = recurrent.slice(1, 0, 2 * units);
        Tensor last = recurrent.slice(1, 2 * units, 3 * units);
        return (input, state) -> {
            List<Tensor> inputs = recurrence.split(input);
            List<Tensor> products = state.matmul(gates).split(1, units, units);
            Tensor reset = inputs.get(0).add(products.get(0)).sigmoid();
            Tensor update = inputs.get(1).add(products.get(1)).sigmoid();
            Tensor candidate = inputs.get(2).add(reset.mul(state).matmul(last));
            return blend(update, state, candidate.tanh());
        };
    }

    private static Tensor blend(Tensor update, Tensor state, Tensor candidate) {
        return update.mul(state).add(update.neg().add(1).mul(candidate));
    }
}
