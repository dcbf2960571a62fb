package org.lamina.port;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.lamina.layer.Layer;
import org.lamina.layers.AffineTransform;
import org.lamina.layers.BatchNorm;
import org.lamina.layers.Embedding;
import org.lamina.layers.GroupNorm;
import org.lamina.layers.Gru;
import org.lamina.layers.LayerNorm;
import org.lamina.layers.Lstm;
import org.lamina.layers.MultiHeadAttention;
import org.lamina.layers.RmsNorm;
import org.lamina.layers.SimpleRnn;
import org.lamina.layers.TensorReduction;

/** Keras' arrays under the names of their variables instead of their places. */
record KerasVariableConvention() implements WeightConvention {
    private static final WeightConvention KERAS = new KerasConvention();
    private static final List<String> NORMALIZED = List.of("gamma", "beta", "moving_mean", "moving_variance");
    private static final Map<Class<?>, List<String>> NAMES = Map.of(
            BatchNorm.class, NORMALIZED,
            LayerNorm.class, NORMALIZED,
            GroupNorm.class, NORMALIZED,
            RmsNorm.class, List.of("scale"),
            Embedding.class, List.of("embeddings"),
            TensorReduction.class, List.of("weight"),
            AffineTransform.class, List.of("bias"));
    private static final Map<Class<?>, String> CELLS =
            Map.of(Lstm.class, "lstm_cell", Gru.class, "gru_cell", SimpleRnn.class, "simple_rnn_cell");
    private static final List<String> RECURRENT = List.of("kernel", "recurrent_kernel", "bias");
    private static final List<String> KERNEL = List.of("kernel", "bias");

    @Override
    public String format() {
        return "tf";
    }

    @Override
    public boolean channelsLast() {
        return true;
    }

    @Override
    public Map<Class<?>, Arrays> layers() {
        return KERAS.layers().entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        Map.Entry::getKey,
                        entry -> layer -> renamed(entry.getValue().of(layer), layer)));
    }

    private static List<StoredTensor> renamed(List<StoredTensor> tensors, Layer layer) {
        return tensors.stream()
                .map(tensor -> new StoredTensor(
                        name(tensor.name(), layer.getClass()), tensor.parts(), tensor.axis(), tensor.layout()))
                .toList();
    }

    private static String name(String place, Class<?> layer) {
        int slash = place.lastIndexOf('/');
        int position = Integer.parseInt(place.substring(slash + 1));
        String cell = CELLS.get(layer);
        if (cell != null) {
            return cell + "/" + RECURRENT.get(position);
        }
        if (layer == MultiHeadAttention.class) {
            String projection = place.substring(0, place.indexOf("_dense"));
            return (projection.equals("output") ? "attention_output" : projection) + "/" + KERNEL.get(position);
        }
        return NAMES.getOrDefault(layer, KERNEL).get(position);
    }

    @Override
    public String child(String container, Layer child, String name, Counter counter) {
        return KERAS.child(container, child, name, counter).replace("layers/", "");
    }

    @Override
    public String tensor(String layer, String name) {
        return KERAS.tensor(layer, name);
    }

    /** The optimizer's own variables are passed over. */
    @Override
    public String canonical(String name) {
        boolean optimizer = name.matches(
                "(Adam|SGD|RMSprop|optimizer)/.*|iter|decay|learning_rate|(iteration|count|total)(_\\d+)?");
        return optimizer ? "" : name;
    }
}
