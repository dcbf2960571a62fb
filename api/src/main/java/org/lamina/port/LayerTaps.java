package org.lamina.port;

import java.util.ArrayList;
import java.util.List;
import org.lamina.layer.Layer;
import org.lamina.layer.MultiLayer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;
import org.lamina.layers.Sequential;

/** A Sequential that also gives what is between its layers; another layer as it is. For one trace at a time. */
public final class LayerTaps implements MultiLayer {
    private final Layer layer;
    private final List<String> names = new ArrayList<>();

    /** Taps a layer, whose parameters keep their paths. */
    public LayerTaps(Layer layer) {
        this.layer = layer;
    }

    /** The path of the layer that gave each output, after a trace; {@code y} for a model that is no Sequential. */
    public List<String> names() {
        return List.copyOf(names);
    }

    @Override
    public List<Tensor> forward(Scope scope, List<Tensor> inputs) {
        names.clear();
        if (!(layer instanceof Sequential sequence) || sequence.layers().isEmpty()) {
            List<Tensor> outputs = layer.forward(scope, inputs);
            outputs.forEach(output -> names.add(outputs.size() == 1 ? "y" : "y" + names.size()));
            return outputs;
        }
        List<Tensor> all = new ArrayList<>();
        List<Tensor> values = inputs;
        for (int i = 0; i < sequence.layers().size(); i++) {
            values = scope.call(Integer.toString(i), sequence.layers().get(i), values);
            for (int output = 0; output < values.size(); output++) {
                all.add(values.get(output));
                names.add(values.size() == 1 ? Integer.toString(i) : i + "#" + output);
            }
        }
        return all;
    }
}
