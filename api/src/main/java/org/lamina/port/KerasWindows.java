package org.lamina.port;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Settings of Keras that say the same as others here: paddings by name, axes that depend on the rank, sizes of heads. */
final class KerasWindows {
    private static final Set<String> NORMALIZATIONS =
            Set.of("BatchNormalization", "LayerNormalization", "GroupNormalization", "RMSNormalization");
    private static final Set<String> RECURRENT = Set.of("LSTM", "GRU", "SimpleRNN");
    private static final String LAST = "-1";

    private KerasWindows() {}

    /** True for a layer whose activation is within it and not after it. */
    static boolean isRecurrent(String type) {
        return RECURRENT.contains(type);
    }

    /** Adds what a layer's special settings are here, and gives their names. */
    static Set<String> add(
            String type, KerasSettings config, List<Long> shape, Map<String, String> settings, List<String> doubts) {
        if (NORMALIZATIONS.contains(type)) {
            String axis = config.text("axis");
            if (!axis.equals(LAST) && !axis.equals(Integer.toString(shape.size() - 1))) {
                doubts.add("axis is " + axis + ", and layers here normalize the last one of Keras");
            }
            return Set.of("axis");
        } else if (RECURRENT.contains(type)) {
            String activation = KerasActivations.kind(config.fields().get("activation"));
            if (type.equals("SimpleRNN")) {
                settings.put("activation", activation);
            } else if (!activation.equals("Tanh")) {
                doubts.add("activation is " + config.text("activation") + ", and layers here have tanh");
            }
            return Set.of("activation");
        } else if (type.equals("MultiHeadAttention")) {
            return attention(config, shape, settings, doubts);
        } else if (type.equals("Concatenate")) {
            return Set.of("axis");
        }
        return config.fields().containsKey("padding")
                ? window(type, config, shape, settings, doubts)
                : Set.of("activation");
    }

    private static Set<String> attention(
            KerasSettings config, List<Long> shape, Map<String, String> settings, List<String> doubts) {
        long units =
                config.numbers("num_heads").get(0) * config.numbers("key_dim").get(0);
        settings.put("units", Long.toString(units));
        if (!List.of("null", config.text("key_dim")).contains(config.text("value_dim"))) {
            doubts.add("value_dim is " + config.text("value_dim") + " and key_dim " + config.text("key_dim")
                    + ", and layers here have one size for both");
        }
        if (!List.of("null", "1").contains(config.text("attention_axes"))) {
            doubts.add(
                    "attention_axes is " + config.text("attention_axes") + ", and layers here attend along the time");
        }
        if (!shape.isEmpty() && shape.get(shape.size() - 1) > 0 && shape.get(shape.size() - 1) != units) {
            doubts.add("its input has " + shape.get(shape.size() - 1) + " features, and layers here need " + units);
        }
        return Set.of("num_heads", "key_dim", "value_dim", "attention_axes");
    }

    private static Set<String> window(
            String type, KerasSettings config, List<Long> shape, Map<String, String> settings, List<String> doubts) {
        boolean pools = config.fields().containsKey("pool_size");
        List<Long> kernel = config.numbers(pools ? "pool_size" : "kernel_size");
        List<Long> stride = config.text("strides").equals("null") ? kernel : config.numbers("strides");
        List<Long> dilation = pools ? ones(kernel.size()) : config.numbers("dilation_rate");
        settings.put("stride", stride.size() == 1 ? stride.get(0).toString() : stride.toString());
        List<List<Long>> padding = new ArrayList<>();
        for (int axis = 0; axis < kernel.size(); axis++) {
            long extent = (kernel.get(axis) - 1) * dilation.get(axis) + 1;
            long size = shape.size() > axis + 1 ? shape.get(axis + 1) : -1;
            padding.add(
                    type.equals("Conv2DTranspose")
                            ? crop(config, extent, stride.get(axis), doubts)
                            : pad(config, extent, stride.get(axis), size, doubts));
        }
        boolean padded = padding.stream().anyMatch(pair -> pair.get(0) + pair.get(1) != 0);
        if (type.equals("AveragePooling2D") && padded) {
            settings.put("countIncludePad", "false");
        }
        settings.put(
                type.equals("Conv2DTranspose") ? "crop" : "padding",
                (padding.size() == 1 ? padding.get(0) : padding).toString());
        return Set.of("strides", "padding", "activation");
    }

    private static List<Long> ones(int count) {
        return java.util.Collections.nCopies(count, 1L);
    }

    private static List<Long> pad(KerasSettings config, long extent, long stride, long size, List<String> doubts) {
        String padding = config.text("padding");
        long total = 0;
        if (padding.equals("causal")) {
            return List.of(extent - 1, 0L);
        } else if (!padding.equals("same")) {
            if (!padding.equals("valid")) {
                doubts.add("padding is " + padding + ", which is not known here");
            }
        } else if (stride == 1) {
            total = extent - 1;
        } else if (size < 0) {
            doubts.add("padding is same with strides of " + stride
                    + ", which depends on the size of the input, and the configuration leaves it open");
        } else {
            total = Math.max(((size + stride - 1) / stride - 1) * stride + extent - size, 0);
        }
        return List.of(total / 2, total - total / 2);
    }

    /** What is cut off the ends of a transposed convolution, whose kernel reaches over the strides. */
    private static List<Long> crop(KerasSettings config, long extent, long stride, List<String> doubts) {
        if (extent < stride) {
            doubts.add("its kernel reaches over " + extent + " and its strides are " + stride
                    + ", where Keras leaves room that layers here do not");
        }
        long total = config.text("padding").equals("same") ? Math.max(extent - stride, 0) : 0;
        return List.of(total / 2, total - total / 2);
    }
}
