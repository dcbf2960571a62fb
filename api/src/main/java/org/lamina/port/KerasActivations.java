package org.lamina.port;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lamina.io.Json;

/** Keras' activations: by name in another layer, or layers of their own. */
final class KerasActivations {
    /** Keras' classes of layers that are an activation alone. */
    static final Set<String> LAYERS = Set.of("ReLU", "LeakyReLU", "ELU", "Softmax", "Activation");

    private static final String NONE = "linear";
    private static final Map<String, String> KINDS = Map.ofEntries(
            Map.entry("relu", "Relu"),
            Map.entry("sigmoid", "Sigmoid"),
            Map.entry("tanh", "Tanh"),
            Map.entry("softmax", "Softmax"),
            Map.entry("log_softmax", "LogSoftmax"),
            Map.entry("softplus", "Softplus"),
            Map.entry("gelu", "Gelu"),
            Map.entry("silu", "Silu"),
            Map.entry("swish", "Silu"),
            Map.entry("elu", "Elu"),
            Map.entry("leaky_relu", "LeakyRelu"),
            Map.entry("relu6", "Clip"));
    private static final Map<String, Map<String, String>> DEFAULTS = Map.of(
            "elu", Map.of("alpha", "1"),
            "leaky_relu", Map.of("slope", "0.2"),
            "relu6", Map.of("low", "0", "high", "6"));

    private KerasActivations() {}

    /** The kind of an activation given by name, or by the name of a function of Keras'; what it is called if there is none here. */
    static String kind(@Nullable Json activation) {
        String name = name(activation);
        return KINDS.getOrDefault(name, name);
    }

    private static String name(@Nullable Json activation) {
        if (activation == null || activation instanceof Json.Null) {
            return NONE;
        }
        KerasSettings object = KerasSettings.of(activation);
        String own = object.text("registered_name");
        if (KerasLayers.isOwn(own)) {
            return own;
        }
        String type = object.text("class_name");
        return switch (type) {
            case "null" -> KerasSettings.text(activation);
            case "function" -> object.text("config");
            default -> type;
        };
    }

    /** A layer's call followed by that of its activation, which may be an object of a class of layers. */
    static ModelStep after(ModelStep step, @Nullable Json activation) {
        String name = name(activation);
        String place = "the activation " + name + " of " + step.place();
        if (activation != null && LAYERS.contains(name)) {
            ModelStep layer = layer(place, name, KerasSettings.of(activation).object("config"), step);
            if (layer != null) {
                return layer;
            }
        }
        return name.equals(NONE)
                ? step
                : new ModelStep(
                        place,
                        KINDS.getOrDefault(name, name),
                        "",
                        DEFAULTS.getOrDefault(name, Map.of()),
                        List.of(),
                        List.of(step));
    }

    /** A layer that is an activation alone; null if it is another. */
    static @Nullable ModelStep layer(String place, String type, KerasSettings config, ModelStep input) {
        return switch (type) {
            case "ReLU" -> relu(place, config, input);
            case "LeakyReLU" ->
                step(place, "LeakyRelu", Map.of("slope", first(config, "negative_slope", "alpha", "0.3")), input);
            case "ELU" -> step(place, "Elu", Map.of("alpha", first(config, "alpha", "alpha", "1")), input);
            case "Softmax" -> softmax(place, config.text("axis"), input);
            default -> null;
        };
    }

    private static String first(KerasSettings config, String name, String older, String otherwise) {
        String value = config.text(name).equals("null") ? config.text(older) : config.text(name);
        return value.equals("null") ? otherwise : value;
    }

    private static ModelStep softmax(String place, String axis, ModelStep input) {
        return List.of("null", "-1").contains(axis)
                ? step(place, "Softmax", Map.of(), input)
                : doubted(place, "Softmax", "its axis is " + axis + ", and Softmax here works along the last", input);
    }

    private static ModelStep doubted(String place, String kind, String doubt, ModelStep input) {
        return new ModelStep(place, kind, "", Map.of(), List.of(doubt), List.of(input));
    }

    private static @Nullable ModelStep relu(String place, KerasSettings config, ModelStep input) {
        boolean isPlain = List.of("null", "0").contains(config.text("negative_slope"));
        String threshold = config.text("threshold");
        if (!List.of("null", "0").contains(threshold)) {
            return doubted(place, "Relu", "its threshold is " + threshold + ", and layers here have none", input);
        }
        if (!config.text("max_value").equals("null")) {
            return isPlain ? step(place, "Clip", Map.of("low", "0", "high", config.text("max_value")), input) : null;
        }
        return isPlain
                ? step(place, "Relu", Map.of(), input)
                : step(place, "LeakyRelu", Map.of("slope", config.text("negative_slope")), input);
    }

    private static ModelStep step(String place, String kind, Map<String, String> settings, ModelStep input) {
        return new ModelStep(place, kind, "", settings, List.of(), List.of(input));
    }
}
