package org.lamina.port;

import static org.lamina.port.StoredTensor.packed;
import static org.lamina.port.StoredTensor.single;

import java.util.ArrayList;
import java.util.List;
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

/** The names of PyTorch's {@code state_dict}: those of torch.nn's modules, joined by dots. */
record TorchConvention() implements WeightConvention {
    private static final Layout TRANSPOSED = Layout.transposed(1, 0);
    private static final List<StoredTensor> WEIGHT_BIAS = List.of(single("weight", "weight"), single("bias", "bias"));
    private static final List<StoredTensor> SCALED = List.of(single("weight", "gamma"), single("bias", "beta"));

    private static final Map<Class<?>, Arrays> LAYERS = Map.ofEntries(
            Map.entry(Dense.class, layer -> List.of(single("weight", "weight", TRANSPOSED), single("bias", "bias"))),
            Map.entry(MyLinear.class, layer -> WEIGHT_BIAS),
            Map.entry(MyDense.class, layer -> WEIGHT_BIAS),
            Map.entry(TensorReduction.class, layer -> List.of(single("weight", "weight"))),
            Map.entry(AffineTransform.class, layer -> List.of(single("bias", "bias"))),
            Map.entry(Conv1d.class, layer -> WEIGHT_BIAS),
            Map.entry(Conv2d.class, layer -> WEIGHT_BIAS),
            Map.entry(ConvTranspose2d.class, layer -> WEIGHT_BIAS),
            Map.entry(Embedding.class, layer -> List.of(single("weight", "weight"))),
            Map.entry(LayerNorm.class, layer -> SCALED),
            Map.entry(GroupNorm.class, layer -> SCALED),
            Map.entry(RmsNorm.class, layer -> List.of(single("weight", "gamma"))),
            Map.entry(
                    BatchNorm.class,
                    layer -> List.of(
                            single("weight", "gamma"),
                            single("bias", "beta"),
                            single("running_mean", "runningMean"),
                            single("running_var", "runningVariance"))),
            Map.entry(Lstm.class, layer -> recurrent("Input", "Forget", "Cell", "Output")),
            Map.entry(Gru.class, TorchConvention::gru),
            Map.entry(SimpleRnn.class, layer -> recurrent("")),
            Map.entry(MultiHeadAttention.class, layer -> attention()));

    @Override
    public String format() {
        return "torch";
    }

    @Override
    public boolean channelsLast() {
        return false;
    }

    @Override
    public Map<Class<?>, Arrays> layers() {
        return LAYERS;
    }

    @Override
    public String child(String container, Layer child, String name, Counter counter) {
        return container.isEmpty() ? name : container + "." + name;
    }

    @Override
    public String tensor(String layer, String name) {
        return layer.isEmpty() ? name : layer + "." + name;
    }

    /** The batches that a BatchNorm has seen are no part of what it computes. */
    @Override
    public String canonical(String name) {
        return name.equals("num_batches_tracked") || name.endsWith(".num_batches_tracked") ? "" : name;
    }

    private static String[] names(String prefix, String... gates) {
        String[] names = gates.clone();
        java.util.Arrays.setAll(names, i -> prefix + gates[i]);
        return names;
    }

    private static List<StoredTensor> matrices(String... gates) {
        return List.of(
                packed("weight_ih_l0", 1, TRANSPOSED, names("weight", gates)),
                packed("weight_hh_l0", 1, TRANSPOSED, names("recurrent", gates)),
                packed("bias_ih_l0", 0, Layout.same(), names("bias", gates)));
    }

    /** PyTorch adds two biases; the second goes into the first. */
    private static List<StoredTensor> recurrent(String... gates) {
        List<StoredTensor> tensors = new ArrayList<>(matrices(gates));
        tensors.add(packed("bias_hh_l0", 0, Layout.same(), names("+bias", gates)));
        return tensors;
    }

    /** The candidate's second bias is multiplied by the reset gate and so stays on its own. A GRU that resets before is none of PyTorch's. */
    private static List<StoredTensor> gru(Layer layer) {
        if (!((Gru) layer).resetAfter()) {
            throw Misfits.unsupported("resetAfter is false, and PyTorch's GRU resets after the product");
        }
        List<StoredTensor> tensors = new ArrayList<>(matrices("Reset", "Update", "Candidate"));
        tensors.add(packed("bias_hh_l0", 0, Layout.same(), "+biasReset", "+biasUpdate", "recurrentBias"));
        return tensors;
    }

    private static List<StoredTensor> attention() {
        return List.of(
                packed("in_proj_weight", 1, TRANSPOSED, "query.weight", "key.weight", "value.weight"),
                packed("in_proj_bias", 0, Layout.same(), "query.bias", "key.bias", "value.bias"),
                single("out_proj.weight", "output.weight", TRANSPOSED),
                single("out_proj.bias", "output.bias"));
    }
}
