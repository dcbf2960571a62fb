package org.lamina.port;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lamina.HostArray;
import org.lamina.TensorType;
import org.lamina.io.Bundle;
import org.lamina.io.Safetensors;
import org.lamina.layer.Layer;

/** Reads and writes the weights of a model under a convention, whatever the order of axes there. */
final class ConventionalWeights {
    private final Layer layer;
    private final WeightConvention convention;
    /** By the ranks and dtypes of inputs. */
    private final Map<String, ChannelsLast> turned = new HashMap<>();

    ConventionalWeights(Layer layer, WeightConvention convention) {
        this.layer = layer;
        this.convention = convention;
    }

    /**
     * The model whose weights the arrays are.
     *
     * @param known the types of its inputs, none if they are to be found
     * @param misfits what is known to differ already
     */
    Imported load(String file, Map<String, HostArray> arrays, List<TensorType> known, Misfits misfits) {
        Bundle plain = new WeightMapping(layer, convention).load(file, arrays, misfits);
        if (!convention.channelsLast()) {
            return new Imported(plain, List.of());
        }
        List<TensorType> inputs = known.isEmpty()
                ? ModelInputs.of(plain.weights().tensors(), types -> renamed(plain, turned(types)))
                : known;
        ChannelsLast lies = ChannelsLast.read(convention.format(), layer, inputs);
        requireTurned(file, lies, known.isEmpty());
        Bundle grouped = lies.flattened().isEmpty()
                ? plain
                : new WeightMapping(layer, convention, lies.channels()).load(file, arrays, new Misfits());
        return new Imported(renamed(grouped, lies), lies.remarks());
    }

    private ChannelsLast turned(List<TensorType> types) {
        StringBuilder key = new StringBuilder();
        types.forEach(
                type -> key.append(type.dtype()).append(type.shape().rank()).append(' '));
        return turned.computeIfAbsent(key.toString(), ranks -> ChannelsLast.read(convention.format(), layer, types));
    }

    /** Refuses what cannot be turned, all of it in one error. */
    private void requireTurned(String file, ChannelsLast lies, boolean searched) {
        Misfits misfits = new Misfits();
        lies.addTo(misfits, convention.format());
        lies.flattened().forEach((path, channels) -> {
            if (searched && channels.given()) {
                misfits.add(
                        path,
                        "its rows are in another order in " + convention.format()
                                + ", by the number of channels, which only the input tells. Give --input-shape");
            }
        });
        misfits.requireNone(file + ": its layers do not all work along the same axes", "Correct the architecture.");
    }

    /** The model with what turns it, under the paths that its layers have then. */
    private static Bundle renamed(Bundle plain, ChannelsLast lies) {
        Map<String, HostArray> tensors = new LinkedHashMap<>();
        plain.weights().tensors().forEach((path, value) -> tensors.put(renamed(path, lies.paths()), value));
        Map<String, String> aliases = new LinkedHashMap<>();
        plain.weights()
                .metadata()
                .forEach((path, original) -> aliases.put(renamed(path, lies.paths()), renamed(original, lies.paths())));
        return new Bundle(lies.layer(), new Safetensors(tensors, aliases));
    }

    /** The path of a parameter whose layer has another path now. */
    private static String renamed(String path, Map<String, String> layers) {
        for (int dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
            String now = layers.get(path.substring(0, dot));
            if (now != null) {
                return now + path.substring(dot);
            }
        }
        String root = layers.getOrDefault("", "");
        return root.isEmpty() ? path : root + "." + path;
    }

    /**
     * The format's arrays of a model.
     *
     * @param inputs the types of its inputs, none if they are to be found
     */
    Safetensors store(Bundle model, List<TensorType> inputs) {
        // Layers without an equal are told first, as no axes can be followed through what is not known.
        Safetensors plain = new WeightMapping(layer, convention).store(model.weights());
        if (!convention.channelsLast()) {
            return plain;
        }
        List<TensorType> types = inputs.isEmpty() ? ModelInputs.of(model) : inputs;
        ChannelsLast lies = ChannelsLast.written(convention.format(), layer, types);
        Misfits misfits = new Misfits();
        lies.addTo(misfits, convention.format());
        misfits.requireNone(
                "the model does not go into " + convention.format(), "There it would compute something else.");
        return lies.flattened().isEmpty()
                ? plain
                : new WeightMapping(layer, convention, lies.channels()).store(model.weights());
    }
}
