package org.lamina.port;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What each layer of Keras is here: its kind, its settings by Lamina's names, and those that no layer here has. */
final class KerasLayers {
    /** What acts in training alone, or says nothing of what is computed. */
    private static final Set<String> PASSED = Set.of(
            "name",
            "trainable",
            "dtype",
            "seed",
            "momentum",
            "dropout",
            "recurrent_dropout",
            "unroll",
            "implementation",
            "unit_forget_bias",
            "noise_shape",
            "synchronized",
            "renorm_clipping",
            "renorm_momentum",
            "build_input_shape",
            "input_length",
            "batch_input_shape",
            "batch_shape",
            "sparse",
            "ragged",
            "optional",
            "supports_masking",
            "flash_attention",
            "gate",
            "rate");

    private static final Set<String> PASSED_ENDS = Set.of("_initializer", "_regularizer", "_constraint");
    private static final Map<String, String> WINDOW =
            Map.of("filters", "filters", "kernel_size", "kernel", "dilation_rate", "dilation", "groups", "groups");
    private static final Map<String, String> CELL = Map.of("units", "units", "return_sequences", "returnSequences");

    /** A layer's kind, and Lamina's name for each of its settings. */
    private record Kind(String name, Map<String, String> settings) {}

    private static final Map<String, Kind> KINDS = Map.ofEntries(
            Map.entry("Dense", new Kind("Dense", Map.of("units", "units"))),
            Map.entry("Conv1D", new Kind("Conv1d", WINDOW)),
            Map.entry("Conv2D", new Kind("Conv2d", WINDOW)),
            Map.entry("Conv2DTranspose", new Kind("ConvTranspose2d", WINDOW)),
            Map.entry("MaxPooling2D", new Kind("MaxPool2d", Map.of("pool_size", "kernel"))),
            Map.entry("AveragePooling2D", new Kind("AvgPool2d", Map.of("pool_size", "kernel"))),
            Map.entry("GlobalAveragePooling1D", new Kind("GlobalAveragePool", Map.of())),
            Map.entry("GlobalAveragePooling2D", new Kind("GlobalAveragePool", Map.of())),
            Map.entry("Flatten", new Kind("Flatten", Map.of())),
            Map.entry("BatchNormalization", new Kind("BatchNorm", Map.of("epsilon", "epsilon"))),
            Map.entry("LayerNormalization", new Kind("LayerNorm", Map.of("epsilon", "epsilon"))),
            Map.entry("GroupNormalization", new Kind("GroupNorm", Map.of("groups", "groups", "epsilon", "epsilon"))),
            Map.entry("RMSNormalization", new Kind("RmsNorm", Map.of("epsilon", "epsilon"))),
            Map.entry("Embedding", new Kind("Embedding", Map.of("input_dim", "size", "output_dim", "units"))),
            Map.entry("LSTM", new Kind("Lstm", CELL)),
            Map.entry("GRU", new Kind("Gru", with(CELL, "reset_after", "resetAfter"))),
            Map.entry("SimpleRNN", new Kind("SimpleRnn", CELL)),
            Map.entry("MultiHeadAttention", new Kind("MultiHeadAttention", Map.of("num_heads", "heads"))),
            Map.entry("Add", new Kind(ModelStep.ADD, Map.of())),
            Map.entry("Concatenate", new Kind("Concat", Map.of())),
            Map.entry("InputLayer", new Kind(ModelStep.INPUT, Map.of())));

    /** Settings that have to be as they are here, which is so where a configuration leaves them out. */
    private static final Map<String, String> FIXED = Map.of(
            "use_bias", "true",
            "center", "true",
            "scale", "true",
            "recurrent_activation", "sigmoid",
            "data_format", "channels_last");

    private static final Set<String> WIDTHS = Set.of("null", "float32", "float64");

    private static final Set<String> DROPPED = Set.of(
            "Dropout",
            "SpatialDropout1D",
            "SpatialDropout2D",
            "GaussianNoise",
            "GaussianDropout",
            "AlphaDropout",
            "ActivityRegularization");

    private KerasLayers() {}

    private static Map<String, String> with(Map<String, String> settings, String name, String own) {
        Map<String, String> more = new TreeMap<>(settings);
        more.put(name, own);
        return more;
    }

    /** True for the registered name of somebody's own class or function, which may be called as one of Keras'. */
    static boolean isOwn(String registered) {
        return registered.contains(">");
    }

    /** True for the name of a class of Keras'. */
    static boolean isKnown(String type) {
        return KINDS.containsKey(type) || isDropped(type) || KerasActivations.LAYERS.contains(type);
    }

    /** True for a layer that gives what it takes, except in training. */
    static boolean isDropped(String type) {
        return DROPPED.contains(type);
    }

    /**
     * The call of a layer, without the activation that it may have in it.
     *
     * @param type Keras' name of its class
     * @param shape of its input as Keras has it, -1 where a size is not known; empty if none is
     */
    static ModelStep step(
            String place, String type, String stored, KerasSettings config, List<Long> shape, List<ModelStep> inputs) {
        Kind kind = KINDS.get(type);
        Map<String, String> settings = new LinkedHashMap<>();
        List<String> doubts = new ArrayList<>();
        if (kind == null) {
            config.fields().keySet().forEach(name -> settings.put(camelCase(name), config.text(name)));
            if (type.equals("Permute")) {
                doubts.add(
                        "the order of axes that a layer of Keras' makes is not followed here: a Permute in the architecture "
                                + "stands for what is put in as keras has the channels last");
            }
            return new ModelStep(place, type, stored, settings, doubts, inputs);
        }
        Set<String> special = KerasWindows.add(type, config, shape, settings, doubts);
        config.fields().keySet().forEach(name -> {
            String own = kind.settings.get(name);
            if (own != null) {
                settings.put(own, config.text(name));
            } else if (!special.contains(name)) {
                doubt(name, config, doubts);
            }
        });
        return new ModelStep(place, kind.name, stored, settings, doubts, inputs);
    }

    private static void doubt(String name, KerasSettings config, List<String> doubts) {
        String value = config.text(name);
        boolean isPassed = PASSED.contains(name) || PASSED_ENDS.stream().anyMatch(name::endsWith);
        if (name.equals("mask_zero") && value.equals("true")) {
            doubts.add("mask_zero is true, so Keras passes over the places with index 0, and no layer here has a mask");
        } else if (FIXED.containsKey(name) ? !value.equals(FIXED.get(name)) : !isPassed && !config.isOff(name)) {
            doubts.add(name + " is " + value + ", and layers here have "
                    + (FIXED.containsKey(name) ? FIXED.get(name) : "no such setting"));
        }
    }

    /** A doubt about the numbers that a layer computes in, where they are not those of its weights. */
    static Optional<String> policyDoubt(KerasSettings config) {
        KerasSettings policy = config.object("dtype");
        String name = policy.fields().isEmpty()
                ? config.text("dtype")
                : policy.object("config").text("name");
        return WIDTHS.contains(name)
                ? Optional.empty()
                : Optional.of("its dtype policy is " + name + ", and a layer here computes in float32 or float64");
    }

    private static String camelCase(String name) {
        StringBuilder own = new StringBuilder();
        for (String word : name.split("_", -1)) {
            boolean first = own.isEmpty() || word.isEmpty();
            own.append(first ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return own.toString();
    }
}
