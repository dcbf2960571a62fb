package org.lamina.dl4j;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.io.ArchiveEntry;
import org.lamina.io.Bundle;
import org.lamina.io.Json;
import org.lamina.io.LayerJson;
import org.lamina.port.NativeLayerConverter;
import org.lamina.port.NativeModel;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A network that Deeplearning4j runs. Sequences have their time last there. */
final class Dl4jNativeModel implements NativeModel {
    private final MultiLayerNetwork network;
    private final List<Integer> ends;
    private final boolean flatInput;
    private final String source;
    private final String text;
    /** True if the network computes otherwise in training, where its backward pass would start. */
    private final boolean differs;

    /** @throws LaminaException if the file names a class outside of Deeplearning4j's own */
    Dl4jNativeModel(Path path, Dl4jReader reader) {
        requireKnown(path, reader.configuration());
        this.ends = reader.ends();
        this.flatInput = reader.flatInput();
        this.source = path.toString();
        this.differs = differsInTraining(reader.model());
        this.text = new String(ArchiveEntry.read(path, Dl4jFormat.CONFIGURATION), StandardCharsets.UTF_8);
        this.network = new MultiLayerNetwork(MultiLayerConfiguration.fromJson(text));
        network.init();
        HostArray flat = new Dl4jCoefficients(path).next(1, network.numParams());
        try (INDArray parameters = Dl4jArray.copy(flat)) {
            network.setParams(parameters);
        }
    }

    private static boolean differsInTraining(Bundle model) {
        String layers = LayerJson.standard().format(model.layer());
        return layers.contains("\"BatchNorm\"") || layers.contains("\"Dropout\"");
    }

    /** @throws LaminaException if it names a class that is none of Deeplearning4j's configurations */
    static void requireKnown(Path path, Json value) {
        if (value instanceof Json.Elements list) {
            list.values().forEach(element -> requireKnown(path, element));
        } else if (value instanceof Json.Fields object) {
            Dl4jSettings settings = Dl4jSettings.of(object);
            if (settings.has("@class")
                    && settings.type().isEmpty()
                    && NativeLayerConverter.find(Dl4jFormat.NAME, settings.named())
                            .isEmpty()) {
                throw new LaminaException(
                        ErrorCode.FILE_FORMAT,
                        path + ": it names the class " + settings.named()
                                + ", which is none of Deeplearning4j's configurations; nothing was loaded. Get the file from "
                                + "a source you trust.");
            }
            object.values().values().forEach(field -> requireKnown(path, field));
        }
    }

    @Override
    public String framework() {
        return "DL4J";
    }

    @Override
    public boolean isWitness() {
        return !text.contains(Dl4jLayer.class.getName());
    }

    @Override
    public Results run(HostArray x, HostArray dy) {
        Map<String, HostArray> outputs = new LinkedHashMap<>();
        for (int i = 0; i < ends.size(); i++) {
            // Each run anew: an activation layer works in the memory of the layer before.
            try (INDArray input = toNative(x)) {
                List<INDArray> activations = network.feedForwardToLayer(i, input, false);
                outputs.put(Integer.toString(ends.get(i)), host(activations.get(activations.size() - 1)));
            }
        }
        return new Results(outputs, differs ? Map.of() : gradients(x, dy));
    }

    /** By Deeplearning4j's own backward pass, which goes from a forward pass of training. */
    private Map<String, HostArray> gradients(HostArray x, HostArray dy) {
        Map<String, HostArray> gradients = new LinkedHashMap<>();
        MultiLayerNetwork open = Dl4jWithoutLoss.of(network);
        try (INDArray input = toNative(x);
                INDArray cotangent = toNative(dy, false)) {
            open.setInput(input);
            open.feedForward(true, false);
            INDArray byInput = open.backpropGradient(cotangent, LayerWorkspaceMgr.noWorkspaces())
                    .getSecond();
            if (x.dtype().isFloating()) {
                gradients.put("x", host(byInput).reshape(x.shape()));
            }
            HostArray flat = Dl4jArray.host(open.getGradientsViewArray());
            new Dl4jReader(source, text, () -> new Dl4jCoefficients(flat))
                    .model()
                    .weights()
                    .tensors()
                    .forEach(gradients::put);
        }
        return gradients;
    }

    private INDArray toNative(HostArray x) {
        return toNative(x, flatInput);
    }

    /** @param asRows true for a network that makes images of them itself */
    static INDArray toNative(HostArray x, boolean asRows) {
        INDArray copy = Dl4jArray.copy(x.dtype().isFloating() ? x : x.cast(DType.FLOAT32));
        if (asRows) {
            return copy.reshape('c', x.shape().extent(0), x.size() / x.shape().extent(0));
        }
        return x.shape().rank() == 3 ? copy.permute(0, 2, 1).dup('c') : copy;
    }

    static HostArray host(INDArray y) {
        INDArray ordered = (y.rank() == 3 ? y.permute(0, 2, 1) : y).dup('c');
        TensorType type = new TensorType(
                switch (ordered.dataType()) {
                    case DOUBLE -> DType.FLOAT64;
                    default -> DType.FLOAT32;
                },
                Shape.of(ordered.shape()));
        return HostArray.of(type, Dl4jArray.bytes(ordered));
    }

    @Override
    public void close() {
        network.close();
    }
}
