package org.lamina.train;

import java.util.List;
import org.lamina.Arguments;
import org.lamina.layer.Tensor;

/**
 * An update rule, written once over tensors: new values of a parameter and of what is remembered about it.
 *
 * <p>Numbers that depend on the step only are computed on the host in float64 and given as scalars, so that they are the same
 * bits on every backend.
 */
public interface Optimizer {
    /** The learning rate before a schedule. */
    double learningRate();

    /** The names of what is remembered for each parameter, each a tensor of the parameter's type that starts at 0. */
    List<String> slots();

    /**
     * The scalars of a step.
     *
     * @param rate the learning rate of the step
     * @param step counted from 1
     */
    List<Double> scalars(double rate, long step);

    /**
     * What a step leaves.
     *
     * @param parameter the new value
     * @param slots in the order of {@link Optimizer#slots}
     */
    record Update(Tensor parameter, List<Tensor> slots) {
        /** @throws org.lamina.LaminaException ARGUMENT if one of them is null */
        public Update {
            Arguments.require(parameter, "Optimizer.Update", "parameter");
            Arguments.requireAll(slots, "Optimizer.Update", "slots");
        }
    }

    /** One step for one parameter. */
    Update update(Tensor parameter, Tensor gradient, List<Tensor> slots, List<Tensor> scalars);

    /**
     * The optimizer of a text, with the keys it takes: {@code sgd:lr=0.1}; {@code momentum} and {@code nesterov} with lr and
     * momentum; {@code adam} and {@code adamw} with lr, beta1, beta2 and epsilon; {@code rmsprop} with lr, alpha and epsilon;
     * {@code adagrad} with lr and epsilon. Each takes weightDecay.
     *
     * @throws org.lamina.LaminaException if it is none of these
     */
    static Optimizer parse(String text) {
        Arguments.require(text, "Optimizer.parse", "text");
        Settings s = Settings.parse("optimizer", text);
        Optimizer optimizer =
                switch (s.name()) {
                    case "sgd" -> new Sgd(s.number("lr"), s.number("weightDecay", 0));
                    case "momentum" ->
                        new Momentum(s.number("lr"), s.number("momentum", 0.9), false, s.number("weightDecay", 0));
                    case "nesterov" ->
                        new Momentum(s.number("lr"), s.number("momentum", 0.9), true, s.number("weightDecay", 0));
                    case "adam" -> adam(s, false, 0);
                    case "adamw" -> adam(s, true, 0.01);
                    case "rmsprop" ->
                        new RmsProp(
                                s.number("lr"),
                                s.number("alpha", 0.99),
                                s.number("epsilon", 1e-8),
                                s.number("weightDecay", 0));
                    case "adagrad" ->
                        new Adagrad(s.number("lr"), s.number("epsilon", 1e-10), s.number("weightDecay", 0));
                    default -> throw s.unknown("sgd, momentum, nesterov, adam, adamw, rmsprop, adagrad");
                };
        s.requireAllUsed();
        return optimizer;
    }

    private static Adam adam(Settings s, boolean decoupled, double decay) {
        return new Adam(
                s.number("lr", 0.001),
                s.number("beta1", 0.9),
                s.number("beta2", 0.999),
                s.number("epsilon", 1e-8),
                s.number("weightDecay", decay),
                decoupled);
    }
}
