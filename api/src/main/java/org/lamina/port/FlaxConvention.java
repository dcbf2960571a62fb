package org.lamina.port;

import static org.lamina.port.StoredTensor.single;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
 * The names of Flax's variables, {@code params} and {@code batch_stats}, flattened with dots; slashes are read too. Layer i of a
 * Sequential is {@code layers_i}.
 */
record FlaxConvention() implements WeightConvention {
    private static final String PARAMETERS = "params.";
    private static final String STATISTICS = "batch_stats.";
    private static final List<StoredTensor> WEIGHT_BIAS = List.of(single("weight", "weight"), single("bias", "bias"));
    private static final List<StoredTensor> SCALED = List.of(single("scale", "gamma"), single("bias", "beta"));

    private static final Map<Class<?>, Arrays> LAYERS = Map.ofEntries(
            Map.entry(Dense.class, layer -> kernel(Layout.same())),
            Map.entry(MyLinear.class, layer -> WEIGHT_BIAS),
            Map.entry(MyDense.class, layer -> WEIGHT_BIAS),
            Map.entry(TensorReduction.class, layer -> List.of(single("weight", "weight"))),
            Map.entry(AffineTransform.class, layer -> List.of(single("bias", "bias"))),
            Map.entry(Conv1d.class, layer -> kernel(Layout.transposed(2, 1, 0))),
            Map.entry(Conv2d.class, layer -> kernel(Layout.transposed(2, 3, 1, 0))),
            Map.entry(ConvTranspose2d.class, layer -> turned((ConvTranspose2d) layer)),
            Map.entry(Embedding.class, layer -> List.of(single("embedding", "weight"))),
            Map.entry(LayerNorm.class, layer -> SCALED),
            Map.entry(GroupNorm.class, layer -> SCALED),
            Map.entry(RmsNorm.class, layer -> List.of(single("scale", "gamma"))),
            Map.entry(
                    BatchNorm.class,
                    layer -> List.of(
                            single("scale", "gamma"),
                            single("bias", "beta"),
                            single("mean", "runningMean"),
                            single("var", "runningVariance"))),
            Map.entry(Lstm.class, layer -> lstm()),
            Map.entry(Gru.class, FlaxConvention::gru),
            Map.entry(
                    SimpleRnn.class,
                    layer -> List.of(
                            single("cell.i.kernel", "weight"),
                            single("cell.i.bias", "bias"),
                            single("cell.h.kernel", "recurrent"))),
            Map.entry(MultiHeadAttention.class, layer -> attention((MultiHeadAttention) layer)));

    @Override
    public String format() {
        return "flax";
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
        String own = Character.isDigit(name.charAt(0)) ? "layers_" + name : name;
        return container.isEmpty() ? own : container + "." + own;
    }

    @Override
    public String tensor(String layer, String name) {
        String collection = name.equals("mean") || name.equals("var") ? STATISTICS : PARAMETERS;
        return collection + (layer.isEmpty() ? name : layer + "." + name);
    }

    @Override
    public String canonical(String name) {
        String dotted = name.replace('/', '.');
        return dotted.startsWith(PARAMETERS) || dotted.startsWith(STATISTICS) ? dotted : PARAMETERS + dotted;
    }

    private static List<StoredTensor> kernel(Layout layout) {
        return List.of(single("kernel", "weight", layout), single("bias", "bias"));
    }

    /** Flax' transposed convolution does not turn the kernel round. */
    private static List<StoredTensor> turned(ConvTranspose2d layer) {
        if (layer.groups() != 1) {
            throw Misfits.unsupported("groups is " + layer.groups() + ", and Flax' ConvTranspose has no groups");
        }
        return kernel(Layout.transposed(2, 3, 0, 1).then(Layout.reversed(0, 1)));
    }

    private static List<StoredTensor> lstm() {
        List<StoredTensor> tensors = new ArrayList<>();
        for (String gate : List.of("Input", "Forget", "Cell", "Output")) {
            String letter = gate.equals("Cell") ? "g" : gate.substring(0, 1).toLowerCase(Locale.ROOT);
            tensors.add(single("cell.i" + letter + ".kernel", "weight" + gate));
            tensors.add(single("cell.h" + letter + ".kernel", "recurrent" + gate));
            tensors.add(single("cell.h" + letter + ".bias", "bias" + gate));
        }
        return tensors;
    }

    private static List<StoredTensor> gru(Layer layer) {
        if (!((Gru) layer).resetAfter()) {
            throw Misfits.unsupported("resetAfter is false, and Flax' GRUCell resets after the product");
        }
        List<StoredTensor> tensors = new ArrayList<>();
        Map<String, String> letters = Map.of("Reset", "r", "Update", "z", "Candidate", "n");
        for (String gate : List.of("Reset", "Update", "Candidate")) {
            tensors.add(single("cell.i" + letters.get(gate) + ".kernel", "weight" + gate));
            tensors.add(single("cell.i" + letters.get(gate) + ".bias", "bias" + gate));
            tensors.add(single("cell.h" + letters.get(gate) + ".kernel", "recurrent" + gate));
        }
        tensors.add(single("cell.hn.bias", "recurrentBias"));
        return tensors;
    }

    private static List<StoredTensor> attention(MultiHeadAttention layer) {
        List<StoredTensor> tensors = new ArrayList<>();
        for (String projection : List.of("query", "key", "value")) {
            tensors.add(single(projection + ".kernel", projection + ".weight", Heads.columns(layer)));
            tensors.add(single(projection + ".bias", projection + ".bias", Heads.bias(layer)));
        }
        tensors.add(single("out.kernel", "output.weight", Heads.rows(layer)));
        tensors.add(single("out.bias", "output.bias"));
        return tensors;
    }
}
