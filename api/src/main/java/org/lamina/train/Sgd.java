package org.lamina.train;

import java.util.List;
import org.lamina.layer.Tensor;

/**
 * Stochastic gradient descent: p - rate (g + decay p).
 *
 * @param learningRate the step's size
 * @param weightDecay the weight decay, an L2 penalty's derivative
 */
public record Sgd(double learningRate, double weightDecay) implements Optimizer {
    /** Checks the numbers. */
    public Sgd {
        Settings.requireNotNegative("Sgd", "learningRate", learningRate);
        Settings.requireNotNegative("Sgd", "weightDecay", weightDecay);
    }

    /** Without weight decay. */
    public Sgd(double learningRate) {
        this(learningRate, 0);
    }

    @Override
    public List<String> slots() {
        return List.of();
    }

    @Override
    public List<Double> scalars(double rate, long step) {
        return List.of(rate);
    }

    @Override
    public Update update(Tensor parameter, Tensor gradient, List<Tensor> slots, List<Tensor> scalars) {
        Tensor slope = decayed(parameter, gradient, weightDecay);
        return new Update(parameter.sub(slope.mul(scalars.get(0))), List.of());
    }

    /** The gradient with the L2 penalty's added. */
    static Tensor decayed(Tensor parameter, Tensor gradient, double weightDecay) {
        return weightDecay == 0 ? gradient : gradient.add(parameter.mul(weightDecay));
    }
}
