package org.lamina.port;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.TensorType;
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
        return new ConventionalWeights(model.layer(), convention).store(model, List.of());
    }

    /**
     * The model whose weights the arrays are.
     *
     * @param file for messages
     * @throws LaminaException that lists all that does not fit
     */
    public Bundle load(String file, Layer layer, Map<String, HostArray> arrays) {
        return load(file, layer, arrays, List.of()).model();
    }

    /**
     * The same.
     *
     * @param inputs the types of its inputs, none if they are not known
     */
    public Imported load(String file, Layer layer, Map<String, HostArray> arrays, List<TensorType> inputs) {
        return new ConventionalWeights(layer, convention).load(file, arrays, inputs, new Misfits());
    }

    /**
     * A model from values under all of Lamina's paths, as a framework has them that does not share: what a layer shares is taken
     * once, from its first place.
     *
     * @throws LaminaException with {@link org.lamina.ErrorCode#WEIGHTS} that lists all places where a shared layer has other values
     *     than at its first
     */
    public static Bundle shared(Layer layer, Map<String, HostArray> byPath) {
        Map<String, HostArray> own = new LinkedHashMap<>(byPath);
        Map<String, String> aliases = new LinkedHashMap<>();
        Misfits misfits = new Misfits();
        for (LayerSite site : LayerSites.of(layer, TORCH.convention, Map.of())) {
            LayerSite original = site.original();
            if (original != null) {
                String prefix = site.path("");
                byPath.keySet().stream().filter(path -> path.startsWith(prefix)).forEach(path -> {
                    String first = original.path(path.substring(prefix.length()));
                    if (!Objects.equals(own.remove(path), byPath.get(first))) {
                        misfits.add(path, "differs from " + first + ", and layer " + site + " shares its values");
                    }
                    aliases.put(path, first);
                });
            }
        }
        misfits.requireNone(
                "the model's weights do not fit its architecture",
                "Give the architecture of these weights, in which layers of different values are not one.");
        return new Bundle(layer, new Safetensors(own, aliases));
    }

    /** The values below a path of a model, those of shared layers among them, by what follows the path. */
    public static Map<String, HostArray> below(Bundle model, String prefix) {
        Map<String, HostArray> all = new LinkedHashMap<>(model.weights().tensors());
        model.weights().metadata().forEach((path, original) -> {
            HostArray value = all.get(original);
            if (value != null) {
                all.putIfAbsent(path, value);
            }
        });
        Map<String, HostArray> values = new LinkedHashMap<>();
        all.forEach((path, value) -> {
            if (path.startsWith(prefix)) {
                values.put(path.substring(prefix.length()), value);
            }
        });
        return values;
    }
}
