package org.lamina.djl;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.IntUnaryOperator;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.io.Bundle;
import org.lamina.io.Safetensors;
import org.lamina.layer.Layer;
import org.lamina.layer.Trace;
import org.lamina.layers.Gru;
import org.lamina.layers.Sequential;
import org.lamina.port.Misfits;
import org.lamina.port.NamedWeights;
import org.lamina.port.WeightWidth;

/**
 * A block for each layer of a Sequential, in a model of the engine that is there: DJL's own where it has an equal, and else a
 * {@link DjlBlock}.
 */
final class DjlBlocks implements AutoCloseable {
    private static final long ANY = 5;

    private final Layer layer;
    private final List<Layer> layers;
    private final List<Block> blocks = new ArrayList<>();
    private final Model model;

    /** @param ranks the number of axes that each layer is given */
    private DjlBlocks(Layer layer, IntUnaryOperator ranks) {
        this.layer = layer;
        this.layers = layer instanceof Sequential sequence ? sequence.layers() : List.of(layer);
        for (int i = 0; i < layers.size(); i++) {
            blocks.add(block(layers.get(i), ranks.applyAsInt(i), i == 0));
        }
        // Loads the engine with what it must be told first.
        DjlProvider provider = DjlProvider.any();
        provider.open().close();
        this.model = Model.newInstance("net", ai.djl.Device.cpu(), provider.engine());
        SequentialBlock root = new SequentialBlock();
        blocks.forEach(root::add);
        model.setBlock(root);
    }

    private static Block block(Layer layer, int rank, boolean first) {
        try {
            return DjlLayers.block(layer, rank);
        } catch (LaminaException e) {
            return first && takesIndices(layer) ? DjlBlock.of(layer, 0, DataType.INT64) : DjlBlock.of(layer);
        }
    }

    /** True if a layer takes integers and no floats. */
    private static boolean takesIndices(Layer layer) {
        return takes(layer, DType.INT64) && !takes(layer, DType.FLOAT32);
    }

    private static boolean takes(Layer layer, DType dtype) {
        try {
            Trace.of(layer, DType.FLOAT32, List.of(new TensorType(dtype, Shape.of(2, ANY))), false);
            return true;
        } catch (LaminaException e) {
            return false;
        }
    }

    /** Blocks to load parameters into, for inputs of rows. */
    static DjlBlocks of(Layer layer) {
        return new DjlBlocks(layer, i -> 2);
    }

    private static int rank(Bundle bundle, List<TensorType> inputs, int index) {
        if (!(bundle.layer() instanceof Sequential sequence) || index == 0) {
            return inputs.get(0).shape().rank();
        }
        Layer before = new Sequential(sequence.layers().subList(0, index));
        return Trace.of(before, dtype(bundle), inputs, false)
                .outputs()
                .get(0)
                .type()
                .shape()
                .rank();
    }

    private static DType dtype(Bundle bundle) {
        return WeightWidth.of(bundle.weights().tensors().values());
    }

    /** Blocks with the parameters of a model. */
    static DjlBlocks of(Bundle bundle, List<TensorType> inputs) {
        DjlBlocks made = new DjlBlocks(bundle.layer(), index -> rank(bundle, inputs, index));
        try {
            made.model
                    .getBlock()
                    .initialize(
                            made.model.getNDManager(),
                            DjlArray.dataType(dtype(bundle)),
                            inputs.stream()
                                    .map(input -> DjlArray.shape(input.shape()))
                                    .toArray(ai.djl.ndarray.types.Shape[]::new));
            for (int i = 0; i < made.blocks.size(); i++) {
                made.set(i, NamedWeights.below(bundle, made.prefix(i)));
            }
            return made;
        } catch (RuntimeException e) {
            made.close();
            throw e instanceof LaminaException own ? own : Misfits.refused("DJL", e);
        }
    }

    private void set(int index, Map<String, HostArray> weights) {
        if (blocks.get(index) instanceof DjlBlock own) {
            own.setWeights(weights);
            return;
        }
        Map<String, HostArray> named = NamedWeights.TORCH
                .store(new Bundle(layers.get(index), Safetensors.of(weights)))
                .tensors();
        named(index).forEach((name, parameter) -> {
            HostArray value = named.get(name);
            if (value == null) {
                throw new IllegalStateException("PyTorch has no " + name + " for " + layers.get(index));
            }
            try (NDArray copy = DjlArray.upload(model.getNDManager(), value)) {
                copy.copyTo(parameter.getArray());
            }
        });
    }

    Model model() {
        return model;
    }

    boolean isOnMxnet() {
        return DjlProvider.isMxnet(model.getNDManager());
    }

    List<Block> blocks() {
        return blocks;
    }

    /** The position of a block as its layer's path; of a model that is no Sequential there is none. */
    private String prefix(int index) {
        return layer instanceof Sequential ? index + "." : "";
    }

    /** The parameters of one of DJL's own blocks by the names that PyTorch has for them. */
    private Map<String, Parameter> named(int index) {
        Map<String, Parameter> named = new LinkedHashMap<>();
        for (var pair : blocks.get(index).getParameters()) {
            named.put(DjlLayers.torchName(pair.getKey()), pair.getValue());
        }
        return named;
    }

    /** The weights by Lamina's paths. */
    Bundle bundle() {
        Map<String, HostArray> weights = new LinkedHashMap<>();
        for (int i = 0; i < blocks.size(); i++) {
            String prefix = prefix(i);
            Map<String, HostArray> own = blocks.get(i) instanceof DjlBlock block
                    ? block.weights()
                    : neutral(i, (name, parameter) -> DjlArray.host(parameter.getArray()));
            own.forEach((path, value) -> weights.put(prefix + path, value));
        }
        return NamedWeights.shared(layer, weights);
    }

    /** Has the gradient collector follow the parameters that are trained. */
    void follow() {
        for (Block block : blocks) {
            block.getParameters().values().stream()
                    .filter(DjlBlocks::isTrained)
                    .forEach(parameter -> parameter.getArray().setRequiresGradient(true));
        }
    }

    /** The gradients of what is trained by Lamina's paths, after a collector went backward; a shared parameter's are added up. */
    Map<String, HostArray> gradients() {
        Map<String, HostArray> gradients = new LinkedHashMap<>();
        for (int i = 0; i < blocks.size(); i++) {
            String prefix = prefix(i);
            Layer child = layers.get(i);
            Map<String, HostArray> own = new LinkedHashMap<>();
            if (blocks.get(i) instanceof DjlBlock block) {
                block.getParameters().values().stream()
                        .filter(DjlBlocks::isTrained)
                        .forEach(parameter -> own.put(parameter.getName(), gradient(parameter)));
            } else {
                own.putAll(neutral(i, (name, parameter) -> gradient(child, name, parameter)));
                own.keySet().removeIf(path -> path.startsWith("running"));
            }
            own.forEach((path, value) -> gradients.put(prefix + path, value));
        }
        bundle().weights().metadata().forEach((path, first) -> {
            HostArray second = gradients.remove(path);
            if (second != null) {
                gradients.merge(first, second, DjlBlocks::sum);
            }
        });
        return gradients;
    }

    private Map<String, HostArray> neutral(int index, BiFunction<String, Parameter, HostArray> value) {
        Map<String, HostArray> named = new LinkedHashMap<>();
        named(index).forEach((name, parameter) -> named.put(name, value.apply(name, parameter)));
        return NamedWeights.TORCH
                .load("block " + index, layers.get(index), named)
                .weights()
                .tensors();
    }

    private static boolean isTrained(Parameter parameter) {
        return parameter.getType() != Parameter.Type.RUNNING_MEAN
                && parameter.getType() != Parameter.Type.RUNNING_VAR
                && parameter.getArray().getDataType().isFloating();
    }

    private static HostArray gradient(Parameter parameter) {
        return isTrained(parameter)
                ? DjlArray.host(parameter.getArray().getGradient())
                : HostArray.full(DjlArray.type(parameter.getArray()), 0);
    }

    /** Of two biases that are added the first has the gradient of their sum, so the second has none; the candidate's is its own. */
    private static HostArray gradient(Layer layer, String name, Parameter parameter) {
        HostArray gradient = gradient(parameter);
        if (!name.equals("bias_hh_l0")) {
            return gradient;
        }
        int added = layer instanceof Gru ? gradient.size() / 3 * 2 : gradient.size();
        return HostArray.generate(gradient.type(), i -> i < added ? 0 : gradient.doubleAt(i));
    }

    private static HostArray sum(HostArray one, HostArray other) {
        return HostArray.generate(one.type(), i -> one.doubleAt(i) + other.doubleAt(i));
    }

    /** Loads what DJL saved. @throws LaminaException if the file is damaged or of other blocks */
    void load(Path file) {
        DjlParameterFile.load(file, model.getBlock(), model.getNDManager());
    }

    @Override
    public void close() {
        model.close();
    }
}
