package org.lamina.port;

import java.util.Map;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.io.Bundle;
import org.lamina.io.Safetensors;
import org.lamina.layer.Layer;

/** Weights under the names and in the layouts of a framework, for formats that hold them in a form of their own. */
public final class NamedWeights {
    /** Those of PyTorch's {@code state_dict}. */
    public static final NamedWeights TORCH = new NamedWeights(new TorchConvention());

    /** Those of Keras' variables in a SavedModel: {@code dense/kernel}, {@code dense_1/bias}. */
    public static final NamedWeights KERAS_VARIABLES = new NamedWeights(new KerasVariableConvention());

    private final WeightConvention convention;

    private NamedWeights(WeightConvention convention) {
        this.convention = convention;
    }

    /** The framework's arrays of a model. @throws LaminaException that lists all layers that it has no equal of */
    public Safetensors store(Bundle model) {
        return new WeightMapping(model.layer(), convention).store(model.weights());
    }

    /**
     * The model whose weights the arrays are.
     *
     * @param file for messages
     * @throws LaminaException that lists all that does not fit
     */
    public Bundle load(String file, Layer layer, Map<String, HostArray> arrays) {
        return new WeightMapping(layer, convention).load(file, arrays);
    }
}
