package org.lamina.djl;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.io.Bundle;
import org.lamina.layer.Layer;
import org.lamina.layer.Trace;
import org.lamina.layers.Sequential;
import org.lamina.port.Misfits;
import org.lamina.port.NamedWeights;

/** DJL's own blocks for the layers of a Sequential, one for each, in a model of the PyTorch engine. */
final class DjlBlocks implements AutoCloseable {
    private final Layer layer;
    private final List<Block> blocks = new ArrayList<>();
    private final Model model;

    /** @param ranks the number of axes that each layer is given */
    private DjlBlocks(Layer layer, IntUnaryOperator ranks) {
        this.layer = layer;
        Misfits misfits = new Misfits();
        List<Layer> layers = layers(layer);
        for (int i = 0; i < layers.size(); i++) {
            try {
                blocks.add(DjlLayers.block(layers.get(i), ranks.applyAsInt(i)));
            } catch (LaminaException e) {
                misfits.add(i + " (" + layers.get(i).getClass().getSimpleName() + ")", String.valueOf(e.getMessage()));
            }
        }
        misfits.requireNone("the model does not go into djl", "Change the model, or port it to another format.");
        // Loads the engine with what it must be told first.
        DjlProvider.PyTorch provider = new DjlProvider.PyTorch();
        provider.open().close();
        this.model = Model.newInstance("net", ai.djl.Device.cpu(), "PyTorch");
        SequentialBlock root = new SequentialBlock();
        blocks.forEach(root::add);
        model.setBlock(root);
    }

    private static List<Layer> layers(Layer layer) {
        return layer instanceof Sequential sequence ? sequence.layers() : List.of(layer);
    }

    /** Blocks to load parameters into, for inputs of rows. @throws LaminaException that lists the layers DJL has no block for */
    static DjlBlocks of(Layer layer) {
        return new DjlBlocks(layer, i -> 2);
    }

    private static int rank(Bundle bundle, List<TensorType> inputs, int index) {
        List<Layer> before = layers(bundle.layer()).subList(0, index);
        return before.isEmpty()
                ? inputs.get(0).shape().rank()
                : Trace.of(new Sequential(before), dtype(bundle), inputs, false)
                        .outputs()
                        .get(0)
                        .type()
                        .shape()
                        .rank();
    }

    private static DType dtype(Bundle bundle) {
        return bundle.weights().tensors().values().stream()
                .map(HostArray::dtype)
                .filter(DType::isFloating)
                .findFirst()
                .orElse(DType.FLOAT32);
    }

    /** Blocks with the parameters of a model. */
    static DjlBlocks of(Bundle bundle, List<TensorType> inputs) {
        DjlBlocks made = new DjlBlocks(bundle.layer(), index -> rank(bundle, inputs, index));
        try {
            Map<String, HostArray> named = NamedWeights.TORCH.store(bundle).tensors();
            made.model
                    .getBlock()
                    .initialize(
                            made.model.getNDManager(),
                            DjlArray.dataType(dtype(bundle)),
                            DjlArray.shape(inputs.get(0).shape()));
            made.parameters().forEach((name, parameter) -> {
                HostArray value = named.get(name);
                if (value != null) {
                    try (NDArray copy = DjlArray.upload(made.model.getNDManager(), value)) {
                        copy.copyTo(parameter.getArray());
                    }
                }
            });
            return made;
        } catch (RuntimeException e) {
            made.close();
            throw e;
        }
    }

    Model model() {
        return model;
    }

    List<Block> blocks() {
        return blocks;
    }

    /** The position of a block as its layer's path; of a model that is no Sequential there is none. */
    private String prefix(int index) {
        return layer instanceof Sequential ? index + "." : "";
    }

    /** The parameters by the names that PyTorch has for them. */
    Map<String, Parameter> parameters() {
        Map<String, Parameter> named = new LinkedHashMap<>();
        for (int i = 0; i < blocks.size(); i++) {
            for (var pair : blocks.get(i).getParameters()) {
                named.put(prefix(i) + DjlLayers.torchName(pair.getKey()), pair.getValue());
            }
        }
        return named;
    }

    /** Their values. */
    Map<String, HostArray> values() {
        Map<String, HostArray> values = new LinkedHashMap<>();
        parameters().forEach((name, parameter) -> values.put(name, DjlArray.host(parameter.getArray())));
        return values;
    }

    /** Loads what DJL saved. @throws LaminaException if the file is damaged or of other blocks */
    void load(Path file) {
        try {
            Path folder = Files.createTempDirectory("lamina");
            Path copy = folder.resolve("net-0000" + DjlFormat.SUFFIX);
            try {
                Files.copy(file, copy);
                model.load(folder, "net");
            } finally {
                Files.deleteIfExists(copy);
                Files.deleteIfExists(folder);
            }
        } catch (java.nio.file.NoSuchFileException e) {
            throw new LaminaException(
                    ErrorCode.FILE_ACCESS,
                    file
                            + ": there is no such file or folder, so it could not be read. Check the path and its permissions.",
                    e);
        } catch (IOException | MalformedModelException | RuntimeException | OutOfMemoryError e) {
            throw new LaminaException(
                    ErrorCode.FILE_FORMAT,
                    file + ": these are no parameters of the blocks for the architecture (" + e.getMessage()
                            + "); nothing was loaded. The file is damaged or of another model: copy it again from its source, "
                            + "or give its architecture.",
                    e);
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
