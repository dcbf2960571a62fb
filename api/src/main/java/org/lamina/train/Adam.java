package org.lamina.train;

import java.util.List;
import org.lamina.layer.Tensor;

/**
 * Adam (Kingma and Ba 2015) in PyTorch's form, epsilon outside the corrected root: m and v are running means of g and g^2, and
 * the step is rate / (1 - beta1^t) m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon).
 *
 * @param learningRate the step's size
 * @param beta1 how much of the old mean of g stays
 * @param beta2 how much of the old mean of g^2 stays
 * @param epsilon keeps the step finite
 * @param weightDecay the weight decay: added to the gradient, or decoupled
 * @param decoupled true for AdamW (Loshchilov and Hutter 2019): the parameter first shrinks by rate times decay
 */
public record Adam(
        double learningRate, double beta1, double beta2, double epsilon, double weightDecay, boolean decoupled)
        implements Optimizer {
    /** Checks the numbers. */
    public Adam {
        Settings.requireNotNegative("Adam", "learningRate", learningRate);
        Settings.requireShare("Adam", "beta1", beta1);
        Settings.requireShare("Adam", "beta2", beta2);
        Settings.requireNotNegative("Adam", "epsilon", epsilon);
        Settings.requireNotNegative("Adam", "weightDecay", weightDecay);
    }

    /** With PyTorch's defaults: 0.9, 0.999, 1e-8, no decay. */
    public Adam(double learningRate) {
        this(learningRate, 0.9, 0.999, 1e-8, 0, false);
    }

    @Override
    public List<String> slots() {
        return List.of("mean", "square");
    }

    @Override
    public List<Double> scalars(double rate, long step) {
        return List.of(
                rate / (1 - StrictMath.pow(beta1, (double) step)),
                Math.sqrt(1 - StrictMath.pow(beta2, (double) step)),
                1 - rate * weightDecay);
    }

    @Override
    public Update update(Tensor parameter, Tensor gradient, List<Tensor> slots, List<Tensor> scalars) {
        Tensor start = decoupled ? parameter.mul(scalars.get(2)) : parameter;
        Tensor slope = decoupled ? gradient : Sgd.decayed(parameter, gradient, weightDecay);
        Tensor mean = slots.get(0).mul(beta1).add(slope.mul(1 - beta1));
        Tensor square = slots.get(1).mul(beta2).add(slope.square().mul(1 - beta2));
        Tensor scale = square.sqrt().div(scalars.get(1)).add(epsilon);
        return new Update(start.sub(mean.mul(scalars.get(0)).div(scale)), List.of(mean, square));
    }
}
