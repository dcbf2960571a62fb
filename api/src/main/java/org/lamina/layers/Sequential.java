package org.lamina.layers;

import java.util.List;
import org.lamina.Arguments;
import org.lamina.layer.Layer;
import org.lamina.layer.MultiLayer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * Layers one after another, the outputs of each being the inputs of the next. They are named by their position: {@code 0},
 * {@code 1}, ... The same layer object at two positions shares its parameters, which have the first position's paths.
 *
 * @param layers in the order they run
 */
public record Sequential(List<Layer> layers) implements MultiLayer {
    /** Copies the list. */
    public Sequential {
        Arguments.requireAll(layers, "Sequential", "layers");
        layers = List.copyOf(layers);
    }

    /** Layers in the order they run. */
    public static Sequential of(Layer... layers) {
        Arguments.requireAll(layers, "Sequential.of", "layers");
        return new Sequential(List.of(layers));
    }

    @Override
    public List<Tensor> forward(Scope scope, List<Tensor> inputs) {
        List<Tensor> values = inputs;
        for (int i = 0; i < layers.size(); i++) {
            values = scope.call(Integer.toString(i), layers.get(i), values);
        }
        return values;
    }
}
