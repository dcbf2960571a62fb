package org.lamina.port;

import static org.lamina.port.StoredTensor.packed;
import static org.lamina.port.StoredTensor.single;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.lamina.Shape;
import org.lamina.layer.Layer;
import org.lamina.layers.AffineTransform;
import org.lamina.layers.BatchNorm;
import org.lamina.layers.Conv1d;
import org.lamina.layers.Conv2d;
import org.lamina.layers.ConvTranspose2d;
import org.lamina.layers.Dense;
import org.lamina.layers.Embedding;
import org.lamina.layers.GroupNorm;
import org.lamina.layers.Gru;
import org.lamina.layers.LayerNorm;
import org.lamina.layers.Lstm;
import org.lamina.layers.MultiHeadAttention;
import org.lamina.layers.MyDense;
import org.lamina.layers.MyLinear;
import org.lamina.layers.RmsNorm;
import org.lamina.layers.SimpleRnn;
import org.lamina.layers.TensorReduction;

/**
 * The paths of Keras 3 in {@code .weights.h5}: {@code layers/dense/vars/0}, {@code layers/dense_1/vars/0}, ... A layer is named by
 * its class in snake case, counted in its container, and its variables by their order: kernel, bias.
 */
record KerasConvention() implements WeightConvention {
    private static final Map<Class<?>, String> NAMES = Map.of(
            BatchNorm.class, "batch_normalization",
            Conv1d.class, "conv1d",
            Conv2d.class, "conv2d",
            ConvTranspose2d.class, "conv2d_transpose",
            GroupNorm.class, "group_normalization",
            LayerNorm.class, "layer_normalization",
            RmsNorm.class, "rms_normalization",
            SimpleRnn.class, "simple_rnn");

    private static final Map<Class<?>, Arrays> LAYERS = Map.ofEntries(
            Map.entry(Dense.class, layer -> kernel(Layout.same())),
            Map.entry(MyLinear.class, layer -> kernel(Layout.same())),
            Map.entry(MyDense.class, layer -> kernel(Layout.same())),
            Map.entry(TensorReduction.class, layer -> variables("weight")),
            Map.entry(AffineTransform.class, layer -> variables("bias")),
            Map.entry(Conv1d.class, layer -> kernel(Layout.transposed(2, 1, 0))),
            Map.entry(Conv2d.class, layer -> kernel(Layout.transposed(2, 3, 1, 0))),
            Map.entry(ConvTranspose2d.class, layer -> turned((ConvTranspose2d) layer)),
            Map.entry(Embedding.class, layer -> variables("weight")),
            Map.entry(LayerNorm.class, layer -> variables("gamma", "beta")),
            Map.entry(GroupNorm.class, layer -> variables("gamma", "beta")),
            Map.entry(RmsNorm.class, layer -> variables("gamma")),
            Map.entry(BatchNorm.class, layer -> variables("gamma", "beta", "runningMean", "runningVariance")),
            Map.entry(Lstm.class, layer -> recurrent("Input", "Forget", "Cell", "Output")),
            Map.entry(Gru.class, layer -> gru((Gru) layer)),
            Map.entry(SimpleRnn.class, layer -> recurrent("")),
            Map.entry(MultiHeadAttention.class, layer -> attention((MultiHeadAttention) layer)));

    @Override
    public String format() {
        return "keras";
    }

    @Override
    public boolean channelsLast() {
        return true;
    }

    @Override
    public Map<Class<?>, Arrays> layers() {
        return LAYERS;
    }

    @Override
    public String child(String container, Layer child, String name, Counter counter) {
        String own = name;
        if (Character.isDigit(name.charAt(0))) {
            String type = NAMES.getOrDefault(
                    child.getClass(), snakeCase(child.getClass().getSimpleName()));
            int count = counter.next(type);
            own = "layers/" + type + (count == 0 ? "" : "_" + count);
        }
        return container.isEmpty() ? own : container + "/" + own;
    }

    static String snakeCase(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
    }

    @Override
    public String tensor(String layer, String name) {
        return layer.isEmpty() ? name : layer + "/" + name;
    }

    /** The states of optimizers and random generators are no part of what a model computes. */
    @Override
    public String canonical(String name) {
        String visible = name.replace("/_", "/");
        return visible.startsWith("optimizer/") || visible.contains("seed_generator/") ? "" : visible;
    }

    private static List<StoredTensor> kernel(Layout layout) {
        return List.of(single("vars/0", "weight", layout), single("vars/1", "bias"));
    }

    private static List<StoredTensor> variables(String... parameters) {
        List<StoredTensor> tensors = new ArrayList<>();
        for (String parameter : parameters) {
            tensors.add(single("vars/" + tensors.size(), parameter));
        }
        return tensors;
    }

    private static List<StoredTensor> turned(ConvTranspose2d layer) {
        if (layer.groups() != 1) {
            throw Misfits.unsupported("groups is " + layer.groups() + ", and Keras' Conv2DTranspose has no groups");
        }
        return kernel(Layout.transposed(2, 3, 1, 0));
    }

    private static List<StoredTensor> recurrent(String... gates) {
        return List.of(
                packed("cell/vars/0", 1, Layout.same(), names("weight", gates)),
                packed("cell/vars/1", 1, Layout.same(), names("recurrent", gates)),
                packed("cell/vars/2", 0, Layout.same(), names("bias", gates)));
    }

    /** Keras has the update gate first; with its reset after the product there are two rows of biases. */
    private static List<StoredTensor> gru(Gru layer) {
        String[] gates = {"Update", "Reset", "Candidate"};
        List<StoredTensor> tensors = recurrent(gates);
        if (!layer.resetAfter()) {
            return tensors;
        }
        Layout rows = Layout.reshaped(
                own -> Shape.of(2, own.extent(0) / 2), stored -> Shape.of(stored.extent(0) * stored.extent(1)));
        return List.of(
                tensors.get(0),
                tensors.get(1),
                packed(
                        "cell/vars/2",
                        0,
                        rows,
                        "biasUpdate",
                        "biasReset",
                        "biasCandidate",
                        "+biasUpdate",
                        "+biasReset",
                        "recurrentBias"));
    }

    private static String[] names(String prefix, String... gates) {
        String[] names = gates.clone();
        java.util.Arrays.setAll(names, i -> prefix + gates[i]);
        return names;
    }

    private static List<StoredTensor> attention(MultiHeadAttention layer) {
        List<StoredTensor> tensors = new ArrayList<>();
        for (String projection : List.of("query", "key", "value")) {
            tensors.add(single(projection + "_dense/vars/0", projection + ".weight", Heads.columns(layer)));
            tensors.add(single(projection + "_dense/vars/1", projection + ".bias", Heads.bias(layer)));
        }
        tensors.add(single("output_dense/vars/0", "output.weight", Heads.rows(layer)));
        tensors.add(single("output_dense/vars/1", "output.bias"));
        return tensors;
    }
}
