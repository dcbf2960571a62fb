package org.lamina.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.LaminaException;
import org.lamina.layer.Layer;
import org.lamina.layers.Concat;
import org.lamina.layers.Conv1d;
import org.lamina.layers.Conv2d;
import org.lamina.layers.Dense;
import org.lamina.layers.Embedding;
import org.lamina.layers.Gelu;
import org.lamina.layers.Gru;
import org.lamina.layers.LeakyRelu;
import org.lamina.layers.Lstm;
import org.lamina.layers.MultiHeadAttention;
import org.lamina.layers.Parallel;
import org.lamina.layers.Permute;
import org.lamina.layers.Relu;
import org.lamina.layers.Residual;
import org.lamina.layers.Sequential;
import org.lamina.layers.Softmax;
import org.lamina.layers.Tanh;

/** The configuration in a .keras archive, in the form that Keras 3 writes, against architectures. */
class KerasArchiveTest {
    @TempDir
    private Path folder;

    private static String layer(String type, String config) {
        return "{\"class_name\": \"" + type + "\", \"config\": {\"trainable\": true, " + config + "}}";
    }

    /** A layer of a Functional model that takes the outputs of others. */
    private static String node(String type, String name, String config, String... inputs) {
        List<String> tensors = java.util.Arrays.stream(inputs)
                .map(input ->
                        "{\"class_name\": \"__keras_tensor__\", \"config\": {\"shape\": [null, 4], \"keras_history\": [\""
                                + input + "\", 0, 0]}}")
                .toList();
        String arguments = tensors.size() == 1 ? tensors.get(0) : tensors.toString();
        return "{\"class_name\": \"" + type + "\", \"config\": {\"name\": \"" + name + "\"" + config
                + "}, \"inbound_nodes\": ["
                + (inputs.length == 0 ? "" : "{\"args\": [" + arguments + "], \"kwargs\": {\"mask\": null}}") + "]}";
    }

    private static String sequential(String... layers) {
        return "{\"class_name\": \"Sequential\", \"config\": {\"layers\": ["
                + layer("InputLayer", "\"name\": \"in\", \"batch_shape\": [null, 4]") + ", " + String.join(", ", layers)
                + "]}}";
    }

    private static String functional(String output, String... layers) {
        return "{\"class_name\": \"Functional\", \"config\": {\"input_layers\": [[\"in\", 0, 0]], \"output_layers\": [[\""
                + output + "\", 0, 0]], \"layers\": [" + node("InputLayer", "in", "") + ", " + String.join(", ", layers)
                + "]}}";
    }

    private String contradictions(String config, Layer layer) throws IOException {
        Path file = folder.resolve("net.keras");
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("config.json"));
            zip.write(config.getBytes(StandardCharsets.UTF_8));
            zip.closeEntry();
        }
        Misfits misfits = new Misfits();
        new KerasArchive().compare(file, layer, LayerSites.of(layer, new KerasConvention(), Map.of()), misfits);
        try {
            misfits.requireNone("net", "");
            return "";
        } catch (LaminaException e) {
            return String.valueOf(e.getMessage());
        }
    }

    @Test
    void equalSequencesAgree() throws IOException {
        String config = sequential(
                layer("Dense", "\"name\": \"dense\", \"units\": 3, \"activation\": \"relu\", \"use_bias\": true"),
                layer("Dropout", "\"name\": \"dropout\", \"rate\": 0.5"),
                layer("Dense", "\"name\": \"dense_1\", \"units\": 2, \"activation\": \"linear\", \"use_bias\": true"),
                layer("Activation", "\"name\": \"activation\", \"activation\": \"tanh\""));
        assertThat(contradictions(config, Sequential.of(new Dense(3), new Relu(), new Dense(2), new Tanh())))
                .isEmpty();
        assertThat(contradictions(config, Sequential.of(new Dense(3, new Relu()), new Dense(2, new Tanh()))))
                .isEmpty();
    }

    @Test
    void inputsAreTakenInTheirOrder() throws IOException {
        String in = node("InputLayer", "in", "") + ", " + node("InputLayer", "other", "");
        String inputs = "\"input_layers\": [[\"in\", 0, 0], [\"other\", 0, 0]], \"output_layers\": [[\"join\", 0, 0]]";
        for (boolean swapped : new boolean[] {false, true}) {
            String join = swapped
                    ? node("Concatenate", "join", ", \"axis\": -1", "other", "in")
                    : node("Concatenate", "join", ", \"axis\": -1", "in", "other");
            String config = "{\"class_name\": \"Functional\", \"config\": {" + inputs + ", \"layers\": [" + in + ", "
                    + join + "]}}";
            String found = contradictions(config, new Concat(1));
            if (swapped) {
                assertThat(found).contains("the architecture takes input 0 where config.json takes input 1");
            } else {
                assertThat(found).isEmpty();
            }
        }
    }

    @Test
    void aPolicyOfLowerPrecisionIsAContradiction() throws IOException {
        String policy =
                "\"name\": \"dense\", \"units\": 3, \"dtype\": {\"module\": \"keras\", \"class_name\": \"DTypePolicy\", "
                        + "\"config\": {\"name\": \"%s\"}, \"registered_name\": null}";
        assertThat(contradictions(sequential(layer("Dense", policy.formatted("float32"))), new Dense(3)))
                .isEmpty();
        assertThat(contradictions(sequential(layer("Dense", policy.formatted("mixed_bfloat16"))), new Dense(3)))
                .contains("its dtype policy is mixed_bfloat16");
    }

    /** Keras 3.15 wrote the file, of Conv1D, Permute and LSTM: of layers without weights it has empty groups. */
    @Test
    void aPermuteIsSeenInAFileOfWeightsToo() throws IOException, URISyntaxException {
        Layer layer = Sequential.of(new Conv1d(5, 3), Permute.of(0, 2, 1), new Lstm(5));
        Path file = Path.of(Objects.requireNonNull(KerasArchiveTest.class.getResource("permute.weights.h5"))
                .toURI());
        Misfits misfits = new Misfits();
        new HdfStorage(".weights.h5")
                .compare(file, layer, LayerSites.of(layer, new KerasConvention(), Map.of()), misfits);
        assertThatThrownBy(() -> misfits.requireNone("net", ""))
                .hasMessageContaining("layers/permute: is a layer of Keras' that permutes axes");
    }

    @Test
    void anActivationMayBeALayer() throws IOException {
        String object = "\"activation\": {\"module\": \"keras.layers\", \"class_name\": \"LeakyReLU\", \"config\": "
                + "{\"name\": \"leaky\", \"negative_slope\": 0.1}, \"registered_name\": null}";
        String config = sequential(layer("Dense", "\"name\": \"dense\", \"units\": 3, " + object));
        assertThat(contradictions(config, new Dense(3, new LeakyRelu(0.1)))).isEmpty();
        assertThat(contradictions(config, new Dense(3, new LeakyRelu(0.2))))
                .contains("slope is 0.2 in the architecture and 0.1 in config.json");
        assertThat(contradictions(config, new Dense(3, new Relu())))
                .contains("is a Relu")
                .doesNotContain("{");
    }

    @Test
    void aPermuteOfKerasIsNotFollowed() throws IOException {
        String config = sequential(
                layer("Permute", "\"name\": \"permute\", \"dims\": [2, 1]"),
                layer("Dense", "\"name\": \"dense\", \"units\": 3"));
        assertThat(contradictions(config, Sequential.of(Permute.of(0, 2, 1), new Dense(3))))
                .contains(
                        "permute (Permute) in config.json: the order of axes that a layer of Keras' makes is not followed");
    }

    @Test
    void everyContradictionIsListed() throws IOException {
        String config = sequential(
                layer(
                        "Embedding",
                        "\"name\": \"embedding\", \"input_dim\": 10, \"output_dim\": 4, \"mask_zero\": true"),
                layer(
                        "LSTM",
                        "\"name\": \"lstm\", \"units\": 3, \"activation\": \"relu\", \"recurrent_activation\": \"hard_sigmoid\", "
                                + "\"return_sequences\": true, \"go_backwards\": true, \"use_bias\": true"),
                layer(
                        "GRU",
                        "\"name\": \"gru\", \"units\": 3, \"activation\": \"tanh\", \"return_sequences\": false, \"reset_after\": false"),
                layer("Dense", "\"name\": \"dense\", \"units\": 2, \"activation\": \"sigmoid\", \"use_bias\": false"));
        assertThat(contradictions(
                        config,
                        Sequential.of(new Embedding(10, 4), new Lstm(3), new Gru(3, false), new Dense(2, new Tanh()))))
                .contains("0 (Embedding) and embedding (Embedding) in config.json: mask_zero is true")
                .contains("1 (Lstm) and lstm (LSTM) in config.json: activation is relu, and layers here have tanh")
                .contains("recurrent_activation is hard_sigmoid")
                .contains("go_backwards is true")
                .contains(
                        "2 (Gru) and gru (GRU) in config.json: resetAfter is true in the architecture and false in config.json")
                .contains("use_bias is false")
                .contains(
                        "3.activation (Tanh): is a Tanh, and the activation sigmoid of dense (Dense) in config.json is a Sigmoid");
    }

    @Test
    void paddingsThatAreGivenByNameAreCompared() throws IOException {
        String convolution =
                "{\"class_name\": \"Conv2D\", \"config\": {\"name\": \"conv2d\", \"filters\": 6, \"kernel_size\": [3, 3], "
                        + "\"strides\": [2, 2], \"padding\": \"same\", \"data_format\": \"channels_last\", \"dilation_rate\": [1, 1], "
                        + "\"groups\": 1, \"activation\": \"linear\", \"use_bias\": true}, \"build_config\": {\"input_shape\": [null, 10, 9, 4]}}";
        List<Long> two = List.of(2L, 2L);
        // TensorFlow pads an even size of 10 by 0 and 1, an odd one of 9 by 1 and 1.
        Layer right = new Conv2d(6, List.of(3L, 3L), two, List.of(List.of(0L, 1L), List.of(1L, 1L)));
        Layer wrong = new Conv2d(6, List.of(3L, 3L), two, List.of(List.of(1L, 1L), List.of(1L, 1L)));
        assertThat(contradictions(sequential(convolution), Sequential.of(right)))
                .isEmpty();
        assertThat(contradictions(sequential(convolution), Sequential.of(wrong)))
                .contains("padding is [[1, 1], [1, 1]] in the architecture and [[0, 1], [1, 1]] in config.json");
        String open = convolution.replace("10, 9, 4", "null, null, 4");
        assertThat(contradictions(sequential(open), Sequential.of(right)))
                .contains("padding is same with strides of 2");
    }

    private static final String UNITS = ", \"units\": 4, \"activation\": \"linear\"";

    @Test
    void graphsAreComparedByWhatTheirLayersTake() throws IOException {
        String config = functional(
                "add",
                node("Dense", "first", UNITS, "in"),
                node("Dense", "second", UNITS, "first"),
                node("Dense", "third", UNITS, "first"),
                node("Add", "add", "", "third", "second"));
        Layer right = Sequential.of(new Dense(4), new Residual(new Dense(4), new Dense(4)));
        // Keras has the weights of the third as dense_2, and the residual's own come after those of the first.
        assertThat(contradictions(config, right))
                .contains(
                        "the architecture takes the weights layers/residual/layer, and those of this layer are layers/dense_2");
        assertThat(contradictions(
                        config, Sequential.of(new Dense(4), Parallel.of(new Dense(4), new Dense(4)), new Concat())))
                .contains("2 (Concat): is a Concat, and add (Add) in config.json is a Add");
    }

    @Test
    void aSumOfWhatWasTakenBeforeIsAResidual() throws IOException {
        String config = functional(
                "add",
                node("Activation", "act", ", \"activation\": \"tanh\"", "in"),
                node("Add", "add", "", "in", "act"));
        assertThat(contradictions(config, new Residual(new Tanh()))).isEmpty();
        assertThat(contradictions(config, new Residual(new Relu())))
                .contains("layer (Relu): is a Relu, and the activation tanh of the input in config.json is a Tanh");
        assertThat(contradictions(config, new Tanh())).contains("the model (Tanh): is a Tanh, and add (Add)");
    }

    @Test
    void argumentsOfACallCount() throws IOException {
        String attention = node(
                "MultiHeadAttention",
                "mha",
                ", \"num_heads\": 2, \"key_dim\": 2, \"value_dim\": 2, \"use_bias\": true",
                "in");
        Layer layer = new MultiHeadAttention(2, 4);
        assertThat(contradictions(functional("mha", attention), layer)).isEmpty();
        assertThat(contradictions(
                        functional("mha", attention.replace("\"mask\": null", "\"use_causal_mask\": true")), layer))
                .contains("it is called with use_causal_mask true");
        assertThat(contradictions(functional("mha", attention.replace("\"key_dim\": 2", "\"key_dim\": 3")), layer))
                .contains("units is 4 in the architecture and 6 in config.json")
                .contains("value_dim is 2 and key_dim 3");
    }

    @Test
    void anActivationIsOneOfThisKindOnlyWithItsSettings() throws IOException {
        assertThat(contradictions(sequential(layer("Softmax", "\"axis\": -1")), Sequential.of(new Softmax())))
                .isEmpty();
        assertThat(contradictions(sequential(layer("Softmax", "\"axis\": 1")), Sequential.of(new Softmax())))
                .contains("its axis is 1, and Softmax here works along the last");
        assertThat(contradictions(sequential(layer("ReLU", "\"threshold\": 0.5")), Sequential.of(new Relu())))
                .contains("its threshold is 0.5");
    }

    /** Somebody's own class, which Keras keeps with the package it was registered in, may be called as one of Keras'. */
    @Test
    void anOwnClassIsNotKerasOwn() throws IOException {
        String dense = layer("Dense", "\"units\": 3");
        String own = dense.replace("\"class_name\"", "\"registered_name\": \"mylib>Dense\", \"class_name\"");
        assertThat(own).isNotEqualTo(dense);
        assertThat(contradictions(sequential(dense), Sequential.of(new Dense(3))))
                .isEmpty();
        assertThat(contradictions(sequential(own), Sequential.of(new Dense(3)))).contains("mylib>Dense");
        String gelu = layer(
                "Dense",
                "\"units\": 3, \"activation\": {\"class_name\": \"function\", \"config\": \"gelu\", "
                        + "\"registered_name\": \"my>gelu\"}");
        assertThat(contradictions(sequential(gelu), Sequential.of(new Dense(3), new Gelu())))
                .contains("my>gelu");
    }
}
