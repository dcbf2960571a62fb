package org.lamina.train;

import java.util.List;
import org.lamina.layer.Tensor;

/**
 * Adagrad (Duchi et al. 2011) in PyTorch's form: s = s + g^2, p - rate g / (sqrt(s) + epsilon).
 *
 * @param learningRate the step's size
 * @param epsilon keeps the step finite
 * @param weightDecay the weight decay, added to the gradient
 */
public record Adagrad(double learningRate, double epsilon, double weightDecay) implements Optimizer {
    /** Checks the numbers. */
    public Adagrad {
        Settings.requireNotNegative("Adagrad", "learningRate", learningRate);
        Settings.requireNotNegative("Adagrad", "epsilon", epsilon);
        Settings.requireNotNegative("Adagrad", "weightDecay", weightDecay);
    }

    @Override
    public List<String> slots() {
        return List.of("square");
    }

    @Override
    public List<Double> scalars(double rate, long step) {
        return List.of(rate);
    }

    @Override
    public Update update(Tensor parameter, Tensor gradient, List<Tensor> slots, List<Tensor> scalars) {
        Tensor slope = Sgd.decayed(parameter, gradient, weightDecay);
        Tensor square = slots.get(0).add(slope.square());
        Tensor step = slope.div(square.sqrt().add(epsilon)).mul(scalars.get(0));
        return new Update(parameter.sub(step), List.of(square));
    }
}
