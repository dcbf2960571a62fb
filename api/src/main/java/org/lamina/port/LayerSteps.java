package org.lamina.port;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lamina.layer.Layer;
import org.lamina.layers.Dense;
import org.lamina.layers.Dropout;
import org.lamina.layers.Parallel;
import org.lamina.layers.Permute;
import org.lamina.layers.Residual;
import org.lamina.layers.Sequential;

/** The calls that a layer makes, in order. What only turns axes, or only acts in training, is no call here. */
final class LayerSteps {
    private final Map<String, String> stored = new HashMap<>();

    private LayerSteps(List<LayerSite> sites) {
        for (LayerSite site : sites) {
            if (site.tensors() != null && !site.tensors().isEmpty()) {
                LayerSite first = site.original() == null ? site : site.original();
                stored.put(site.path(), first.stored());
            }
        }
    }

    /**
     * The outputs of a model.
     *
     * @param sites what the format calls its layers
     * @param inputs how many it takes
     */
    static List<ModelStep> of(Layer layer, List<LayerSite> sites, int inputs) {
        return new LayerSteps(sites).call(layer, "", ModelStep.inputs(inputs));
    }

    private List<ModelStep> call(Layer layer, String path, List<ModelStep> inputs) {
        if (layer instanceof Sequential sequence) {
            return sequence(sequence, path, inputs);
        } else if (layer instanceof Residual residual) {
            List<ModelStep> sum = new ArrayList<>(call(residual.layer(), below(path, "layer"), inputs));
            sum.addAll(
                    residual.shortcut() == null ? inputs : call(residual.shortcut(), below(path, "shortcut"), inputs));
            return List.of(ModelStep.of(place(path, layer), ModelStep.ADD, sum));
        } else if (layer instanceof Parallel parallel) {
            return parallel(parallel, path, inputs);
        } else if (layer instanceof Dropout || layer instanceof Permute) {
            return inputs;
        } else if (layer instanceof Dense dense && dense.activation() != null) {
            ModelStep product = step(layer, path, inputs);
            return call(dense.activation(), below(path, "activation"), List.of(product));
        }
        return List.of(step(layer, path, inputs));
    }

    private List<ModelStep> sequence(Sequential sequence, String path, List<ModelStep> inputs) {
        List<ModelStep> values = inputs;
        for (int i = 0; i < sequence.layers().size(); i++) {
            values = call(sequence.layers().get(i), below(path, Integer.toString(i)), values);
        }
        return values;
    }

    private List<ModelStep> parallel(Parallel parallel, String path, List<ModelStep> inputs) {
        List<ModelStep> outputs = new ArrayList<>();
        for (int i = 0; i < parallel.layers().size(); i++) {
            outputs.addAll(call(parallel.layers().get(i), below(path, Integer.toString(i)), inputs));
        }
        return outputs;
    }

    private ModelStep step(Layer layer, String path, List<ModelStep> inputs) {
        return new ModelStep(
                place(path, layer),
                layer.getClass().getSimpleName(),
                stored.getOrDefault(path, ""),
                settings(layer),
                List.of(),
                inputs);
    }

    private static Map<String, String> settings(Layer layer) {
        Map<String, String> settings = new LinkedHashMap<>();
        RecordComponent[] components = layer.getClass().getRecordComponents();
        for (RecordComponent component : components == null ? new RecordComponent[0] : components) {
            settings.put(component.getName(), text(ChildLayers.value(layer, component)));
        }
        return settings;
    }

    private static String text(@Nullable Object value) {
        if (value instanceof Number number) {
            return ModelStep.number(number.doubleValue());
        } else if (value instanceof List<?> list) {
            return list.stream().map(LayerSteps::text).toList().toString();
        } else if (value instanceof Layer layer) {
            return layer.getClass().getSimpleName();
        }
        return String.valueOf(value);
    }

    private static String below(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private static String place(String path, Layer layer) {
        return (path.isEmpty() ? "the model" : path) + " (" + layer.getClass().getSimpleName() + ")";
    }
}
