package org.lamina.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lamina.HostArray;
import org.lamina.io.Bundle;
import org.lamina.layer.Layer;
import org.lamina.layers.Sequential;
import org.lamina.port.ModelInputs;
import org.lamina.port.NativeModel;

/** Blocks that DJL runs with the engine that is there. */
final class DjlNativeModel implements NativeModel {
    private final DjlBlocks blocks;
    private final boolean isSequence;

    DjlNativeModel(Path path, @Nullable Layer architecture) {
        Bundle model = new DjlFormat().read(path, architecture);
        this.isSequence = model.layer() instanceof Sequential;
        this.blocks = DjlBlocks.of(model, ModelInputs.of(model));
    }

    @Override
    public String framework() {
        return "DJL";
    }

    @Override
    public boolean isWitness() {
        return blocks.blocks().stream().noneMatch(DjlBlock.class::isInstance);
    }

    @Override
    public Results run(HostArray x, HostArray dy) {
        return isDifferentiable() ? recorded(x, dy) : new Results(predicted(x), Map.of());
    }

    /** MXNet records layers that train alone: these two would compute something else than in a prediction. */
    private boolean isDifferentiable() {
        return !blocks.isOnMxnet() || blocks.blocks().stream().noneMatch(DjlNativeModel::trainsOtherwise);
    }

    private static boolean trainsOtherwise(Block block) {
        return block instanceof BatchNorm
                || block instanceof Dropout
                || block.getChildren().values().stream().anyMatch(DjlNativeModel::trainsOtherwise);
    }

    private Map<String, HostArray> predicted(HostArray x) {
        Map<String, HostArray> outputs = new LinkedHashMap<>();
        try (NDManager manager = blocks.model().getNDManager().newSubManager()) {
            forward(manager, new NDList(DjlArray.upload(manager, x)), false, outputs);
        }
        return outputs;
    }

    private Results recorded(HostArray x, HostArray dy) {
        Map<String, HostArray> outputs = new LinkedHashMap<>();
        Map<String, HostArray> gradients = new LinkedHashMap<>();
        blocks.follow();
        try (NDManager manager = blocks.model().getNDManager().newSubManager();
                GradientCollector collector = manager.getEngine().newGradientCollector()) {
            NDArray input = DjlArray.upload(manager, x);
            boolean differentiated = x.dtype().isFloating();
            input.setRequiresGradient(differentiated);
            NDList values = forward(manager, new NDList(input), blocks.isOnMxnet(), outputs);
            NDArray last = values.get(values.size() - 1);
            if (last.getDataType().isFloating()) {
                collector.backward(last.mul(DjlArray.upload(manager, dy)).sum());
                gradients.putAll(blocks.gradients());
            }
            if (differentiated) {
                gradients.put("x", DjlArray.host(input.getGradient()));
            }
        }
        return new Results(outputs, gradients);
    }

    /** @param training for DJL's own blocks, if they compute the same either way */
    private NDList forward(NDManager manager, NDList inputs, boolean training, Map<String, HostArray> outputs) {
        ParameterStore store = new ParameterStore(manager, false);
        NDList values = inputs;
        List<Block> all = blocks.blocks();
        for (int i = 0; i < all.size(); i++) {
            values = all.get(i).forward(store, values, training && !(all.get(i) instanceof DjlBlock));
            String name = isSequence ? Integer.toString(i) : "y";
            for (int output = 0; output < values.size(); output++) {
                String own = values.size() == 1 ? name : name + (isSequence ? "#" : "") + output;
                outputs.put(own, DjlArray.host(values.get(output)));
            }
        }
        return values;
    }

    @Override
    public void close() {
        blocks.close();
    }
}
