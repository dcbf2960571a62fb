package org.lamina.port;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lamina.io.Json;

/** The calls that a configuration of Keras makes: of a Sequential, or of a Functional model whose layers say what they take. */
final class KerasSteps {

    private KerasSteps() {}

    /** The outputs of a model. */
    static List<ModelStep> of(KerasSettings model) {
        return model(model, "", ModelStep.inputs(inputs(model)));
    }

    /** How many inputs a model takes; a Sequential does not say, and takes one. */
    static int inputs(KerasSettings model) {
        return Math.max(
                1,
                KerasTensors.names(model.object("config").fields().get("input_layers"))
                        .size());
    }

    private static List<ModelStep> model(KerasSettings model, String path, List<ModelStep> inputs) {
        KerasSettings config = model.object("config");
        Map<String, Integer> counts = new HashMap<>();
        List<KerasSettings> layers =
                config.list("layers").stream().map(KerasSettings::of).toList();
        Map<String, String> stored = new LinkedHashMap<>();
        for (KerasSettings layer : layers) {
            String type = snakeCase(layer.text("class_name"));
            int count = counts.merge(type, 1, Integer::sum) - 1;
            stored.put(name(layer), path + "layers/" + type + (count == 0 ? "" : "_" + count));
        }
        return model.text("class_name").equals("Sequential")
                ? sequence(layers, stored, inputs)
                : graph(config, layers, stored, inputs);
    }

    /** Keras' own rule. */
    private static String snakeCase(String name) {
        return name.replaceAll("\\W+", "")
                .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
                .replaceAll("([a-z])([A-Z])", "$1_$2")
                .toLowerCase(Locale.ROOT);
    }

    private static String name(KerasSettings layer) {
        return layer.object("config").text("name");
    }

    private static List<ModelStep> sequence(
            List<KerasSettings> layers, Map<String, String> stored, List<ModelStep> inputs) {
        List<ModelStep> values = inputs;
        for (KerasSettings layer : layers) {
            if (!layer.text("class_name").equals("InputLayer")) {
                values = call(layer, stored.getOrDefault(name(layer), ""), List.of(), values, List.of());
            }
        }
        return values;
    }

    private static List<ModelStep> graph(
            KerasSettings config, List<KerasSettings> layers, Map<String, String> stored, List<ModelStep> inputs) {
        Map<String, List<ModelStep>> outputs = new HashMap<>();
        List<String> names = KerasTensors.names(config.fields().get("input_layers"));
        for (KerasSettings layer : layers) {
            List<Json> nodes = layer.list("inbound_nodes");
            for (int node = 0; node < Math.max(1, nodes.size()); node++) {
                String key = KerasTensors.key(name(layer), node);
                int input = names.indexOf(key);
                if (input >= 0) {
                    outputs.put(key, inputs.size() > input ? List.of(inputs.get(input)) : List.of());
                } else {
                    KerasTensors taken = KerasTensors.of(nodes.isEmpty() ? new Json.Null() : nodes.get(node));
                    outputs.put(
                            key,
                            call(
                                    layer,
                                    stored.getOrDefault(name(layer), ""),
                                    taken.shape(),
                                    taken.of(outputs),
                                    taken.doubts()));
                }
            }
        }
        List<ModelStep> results = new ArrayList<>();
        KerasTensors.names(config.fields().get("output_layers"))
                .forEach(key -> results.addAll(outputs.getOrDefault(key, List.of())));
        return results;
    }

    /** @param doubts about how the layer is called */
    private static List<ModelStep> call(
            KerasSettings layer, String stored, List<Long> shape, List<ModelStep> given, List<String> doubts) {
        String registered = layer.text("registered_name");
        String type = KerasLayers.isOwn(registered) && KerasLayers.isKnown(layer.text("class_name"))
                ? registered
                : layer.text("class_name");
        KerasSettings config = layer.object("config");
        String place = name(layer) + " (" + type + ")";
        List<ModelStep> inputs = List.copyOf(new LinkedHashSet<>(given));
        if (config.fields().get("layers") instanceof Json.Elements) {
            return model(layer, stored + "/", inputs);
        } else if (KerasLayers.isDropped(type)) {
            return inputs;
        }
        ModelStep alone = inputs.size() == 1 ? activation(place, type, config, inputs.get(0)) : null;
        if (alone != null) {
            return List.of(alone);
        }
        List<Long> built = layer.object("build_config").numbers("input_shape");
        ModelStep step = KerasLayers.step(place, type, stored, config, built.size() > 1 ? built : shape, inputs);
        List<String> all = new ArrayList<>(step.doubts());
        all.addAll(doubts);
        KerasLayers.policyDoubt(config).ifPresent(all::add);
        ModelStep doubted =
                new ModelStep(step.place(), step.kind(), step.stored(), step.settings(), all, step.inputs());
        boolean isFused = !KerasWindows.isRecurrent(type);
        return List.of(isFused ? KerasActivations.after(doubted, config.fields().get("activation")) : doubted);
    }

    private static @Nullable ModelStep activation(String place, String type, KerasSettings config, ModelStep input) {
        return type.equals("Activation")
                ? KerasActivations.after(input, config.fields().get("activation"))
                : KerasActivations.layer(place, type, config, input);
    }
}
