package org.lamina.train;

import org.lamina.Arguments;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.layer.Tensor;

/** What training makes small: a scalar made of a prediction and a target. Written once, for every backend; a lambda is one too. */
@FunctionalInterface
public interface Loss {
    /** The loss of a batch, a scalar of the prediction's dtype. */
    Tensor of(Tensor prediction, Tensor target);

    /** The mean over all elements of (prediction - target) squared. */
    static Loss meanSquaredError() {
        return new NamedLoss("mse", (prediction, target) -> {
            requireShape("mean squared error", prediction, target);
            return prediction.sub(target).square().mean();
        });
    }

    /**
     * The mean over a batch of -ln softmax(logits)[label]: of logits (..., classes) and integer labels (...), without overflow.
     * A label outside 0 to classes - 1 is an error.
     */
    static Loss crossEntropy() {
        return new NamedLoss("cross-entropy", (logits, labels) -> {
            Shape leading = logits.shape().slice(0, Math.max(0, logits.shape().rank() - 1));
            if (!labels.dtype().isInteger()
                    || logits.shape().rank() < 1
                    || !labels.shape().equals(leading)) {
                throw new LaminaException(
                        ErrorCode.SHAPE,
                        "cross-entropy: the logits are " + logits.type() + " and the labels are " + labels.type()
                                + "; labels are integers of the logits' shape without its last axis. Give such labels.");
            }
            Tensor classes = labels.constant(HostArray.generate(
                    new TensorType(labels.dtype(), Shape.of(logits.shape().dim(-1))), i -> i));
            // The labels themselves; but an index of gather is checked before the step runs.
            Tensor checked = classes.gather(0, labels);
            Tensor zero = logits.constant(HostArray.full(new TensorType(logits.dtype(), Shape.scalar()), 0));
            Tensor chosen = checked.expandDims(-1).equal(classes).select(logits.logSoftmax(-1), zero);
            return chosen.sum(-1).neg().mean();
        });
    }

    /**
     * The mean over all elements of -(t ln s(x) + (1 - t) ln(1 - s(x))) with s the sigmoid, of logits x and targets t in [0, 1],
     * computed as t softplus(-x) + (1 - t) softplus(x): no overflow, and no difference of large numbers.
     */
    static Loss binaryCrossEntropy() {
        return new NamedLoss("binary-cross-entropy", (logits, target) -> {
            requireShape("binary cross-entropy", logits, target);
            Tensor negative = target.neg().add(1).mul(logits.softplus());
            return target.mul(logits.neg().softplus()).add(negative).mean();
        });
    }

    /**
     * Huber (1964): the mean over all elements of d^2 / 2 where |d| is at most delta, else delta (|d| - delta / 2), with d =
     * prediction - target.
     *
     * @param delta above 0
     */
    static Loss huber(double delta) {
        Settings.require("huber", "delta", delta, delta > 0, "above 0");
        return new NamedLoss("huber:delta=" + delta, (prediction, target) -> {
            requireShape("huber", prediction, target);
            Tensor difference = prediction.sub(target);
            Tensor near = difference.square().mul(0.5);
            Tensor far = difference.abs().sub(delta / 2).mul(delta);
            return difference.abs().lessEqual(delta).select(near, far).mean();
        });
    }

    private static void requireShape(String loss, Tensor prediction, Tensor target) {
        if (!prediction.shape().equals(target.shape())) {
            throw new LaminaException(
                    ErrorCode.SHAPE,
                    loss + ": the prediction is " + prediction.shape() + " and the target is " + target.shape()
                            + "; they must be equal. Reshape one of them.");
        }
    }

    /**
     * The loss of a name: {@code cross-entropy}, {@code mse}, {@code binary-cross-entropy}, {@code huber:delta=1}.
     *
     * @throws LaminaException if there is no such loss
     */
    static Loss parse(String text) {
        Arguments.require(text, "Loss.parse", "text");
        Settings settings = Settings.parse("loss", text);
        Loss loss =
                switch (settings.name()) {
                    case "cross-entropy" -> crossEntropy();
                    case "mse", "mean-squared-error" -> meanSquaredError();
                    case "binary-cross-entropy" -> binaryCrossEntropy();
                    case "huber" -> huber(settings.number("delta", 1));
                    default -> throw settings.unknown("cross-entropy, mse, binary-cross-entropy, huber:delta=");
                };
        settings.requireAllUsed();
        return loss;
    }
}
