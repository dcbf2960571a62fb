package org.lamina.layers;

import java.util.ArrayList;
import java.util.List;
import org.lamina.Arguments;
import org.lamina.layer.Layer;
import org.lamina.layer.MultiLayer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * Layers side by side: each gets the same inputs, and their outputs follow one another, to be joined by {@link Concat} or given
 * as they are. They are named by their position: {@code 0}, {@code 1}, ...
 *
 * @param layers in the order of their outputs
 */
public record Parallel(List<Layer> layers) implements MultiLayer {
    /** Copies the list. */
    public Parallel {
        Arguments.requireAll(layers, "Parallel", "layers");
        layers = List.copyOf(layers);
    }

    /** Layers in the order of their outputs. */
    public static Parallel of(Layer... layers) {
        Arguments.requireAll(layers, "Parallel.of", "layers");
        return new Parallel(List.of(layers));
    }

    @Override
    public List<Tensor> forward(Scope scope, List<Tensor> inputs) {
        List<Tensor> outputs = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            outputs.addAll(scope.call(Integer.toString(i), layers.get(i), inputs));
        }
        return outputs;
    }
}
