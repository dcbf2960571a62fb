package org.lamina.train;

import java.util.List;
import org.lamina.layer.Tensor;

/**
 * RMSProp (Tieleman and Hinton 2012) in PyTorch's form: s = alpha s + (1 - alpha) g^2, p - rate g / (sqrt(s) + epsilon).
 *
 * @param learningRate the step's size
 * @param alpha how much of the old mean of g^2 stays
 * @param epsilon keeps the step finite
 * @param weightDecay the weight decay, added to the gradient
 */
public record RmsProp(double learningRate, double alpha, double epsilon, double weightDecay) implements Optimizer {
    /** Checks the numbers. */
    public RmsProp {
        Settings.requireNotNegative("RmsProp", "learningRate", learningRate);
        Settings.requireNotNegative("RmsProp", "alpha", alpha);
        Settings.requireNotNegative("RmsProp", "epsilon", epsilon);
        Settings.requireNotNegative("RmsProp", "weightDecay", weightDecay);
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
        Tensor square = slots.get(0).mul(alpha).add(slope.square().mul(1 - alpha));
        Tensor step = slope.div(square.sqrt().add(epsilon)).mul(scalars.get(0));
        return new Update(parameter.sub(step), List.of(square));
    }
}
