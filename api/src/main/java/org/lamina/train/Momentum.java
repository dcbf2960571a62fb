package org.lamina.train;

import java.util.List;
import org.lamina.layer.Tensor;

/**
 * Gradient descent with momentum in PyTorch's form: v = momentum v + g, p - rate v; Nesterov's form steps by g + momentum v.
 *
 * @param learningRate the step's size
 * @param momentum how much of the old velocity stays
 * @param nesterov true for Nesterov's form
 * @param weightDecay the weight decay, added to the gradient
 */
public record Momentum(double learningRate, double momentum, boolean nesterov, double weightDecay)
        implements Optimizer {
    /** Checks the numbers. */
    public Momentum {
        Settings.requireNotNegative("Momentum", "learningRate", learningRate);
        Settings.requireNotNegative("Momentum", "momentum", momentum);
        Settings.requireNotNegative("Momentum", "weightDecay", weightDecay);
    }

    @Override
    public List<String> slots() {
        return List.of("velocity");
    }

    @Override
    public List<Double> scalars(double rate, long step) {
        return List.of(rate);
    }

    @Override
    public Update update(Tensor parameter, Tensor gradient, List<Tensor> slots, List<Tensor> scalars) {
        Tensor slope = Sgd.decayed(parameter, gradient, weightDecay);
        Tensor velocity = slots.get(0).mul(momentum).add(slope);
        Tensor direction = nesterov ? slope.add(velocity.mul(momentum)) : velocity;
        return new Update(parameter.sub(direction.mul(scalars.get(0))), List.of(velocity));
    }
}
