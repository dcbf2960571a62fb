package org.lamina.dl4j;

import java.util.Optional;
import org.lamina.layer.Layer;
import org.lamina.layers.Elu;
import org.lamina.layers.HardSigmoid;
import org.lamina.layers.LeakyRelu;
import org.lamina.layers.Relu;
import org.lamina.layers.Sigmoid;
import org.lamina.layers.Silu;
import org.lamina.layers.Softmax;
import org.lamina.layers.Softplus;
import org.lamina.layers.Tanh;
import org.lamina.port.Misfits;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationHardSigmoid;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftPlus;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.activations.impl.ActivationTanH;

/** Activations in both frameworks. Deeplearning4j's GELU is left out: it gives 0.8458 or 0.8314 at 1, where the function is 0.8413. */
final class Dl4jActivations {
    private Dl4jActivations() {}

    /** The layer of an activation, none for the identity. */
    static Optional<Layer> read(Dl4jSettings activation) {
        return switch (activation.type()) {
            case "ActivationIdentity" -> Optional.empty();
            case "ActivationReLU" -> Optional.of(relu(activation));
            case "ActivationSigmoid" -> Optional.of(new Sigmoid());
            case "ActivationTanH" -> Optional.of(new Tanh());
            case "ActivationSoftmax" -> Optional.of(new Softmax());
            case "ActivationSoftPlus" -> Optional.of(new Softplus());
            case "ActivationSwish" -> Optional.of(new Silu());
            case "ActivationELU" -> Optional.of(new Elu(activation.number("alpha")));
            case "ActivationLReLU" -> Optional.of(new LeakyRelu(activation.number("alpha")));
            case "ActivationHardSigmoid" -> Optional.of(new HardSigmoid(0.2, 0.5));
            default -> throw Misfits.unsupported("there is no equal of the activation " + activation.named());
        };
    }

    private static Layer relu(Dl4jSettings activation) {
        if (activation.has("max") || activation.has("negativeSlope") || activation.has("threshold")) {
            throw Misfits.unsupported("its ActivationReLU has a maximum, a slope or a threshold");
        }
        return new Relu();
    }

    /** Deeplearning4j's activation for a layer, if the layer is one. */
    static Optional<IActivation> write(Layer layer) {
        if (layer instanceof Relu) {
            return Optional.of(new ActivationReLU());
        } else if (layer instanceof Sigmoid) {
            return Optional.of(new ActivationSigmoid());
        } else if (layer instanceof Tanh) {
            return Optional.of(new ActivationTanH());
        } else if (layer instanceof Softmax) {
            return Optional.of(new ActivationSoftmax());
        } else if (layer instanceof Softplus) {
            return Optional.of(new ActivationSoftPlus());
        } else if (layer instanceof Silu) {
            return Optional.of(new ActivationSwish());
        } else if (layer instanceof Elu elu) {
            return Optional.of(new ActivationELU(elu.alpha()));
        } else if (layer instanceof LeakyRelu leaky) {
            return Optional.of(new ActivationLReLU(leaky.slope()));
        } else if (layer.equals(new HardSigmoid(0.2, 0.5))) {
            return Optional.of(new ActivationHardSigmoid());
        }
        return Optional.empty();
    }

    /** Does nothing. */
    static IActivation identity() {
        return new ActivationIdentity();
    }
}
