package org.lamina.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lamina.HostArray;
import org.lamina.io.Bundle;
import org.lamina.layers.Sequential;
import org.lamina.port.ModelInputs;
import org.lamina.port.NativeModel;

/** Blocks that DJL runs with its PyTorch engine. */
final class DjlNativeModel implements NativeModel {
    private final DjlBlocks blocks;
    private final boolean isSequence;

    DjlNativeModel(Path path) {
        Bundle model = new DjlFormat().read(path, null);
        this.isSequence = model.layer() instanceof Sequential;
        this.blocks = DjlBlocks.of(model, ModelInputs.of(model));
    }

    @Override
    public String framework() {
        return "DJL";
    }

    @Override
    public Results run(HostArray x, HostArray dy) {
        Map<String, HostArray> outputs = new LinkedHashMap<>();
        Map<String, HostArray> gradients = new LinkedHashMap<>();
        try (NDManager manager = blocks.model().getNDManager().newSubManager();
                GradientCollector collector = manager.getEngine().newGradientCollector()) {
            NDArray input = DjlArray.upload(manager, x);
            boolean differentiated = x.dtype().isFloating();
            input.setRequiresGradient(differentiated);
            ParameterStore store = new ParameterStore(manager, false);
            NDList values = new NDList(input);
            List<Block> all = blocks.blocks();
            for (int i = 0; i < all.size(); i++) {
                values = all.get(i).forward(store, values, false);
                outputs.put(isSequence ? Integer.toString(i) : "y", DjlArray.host(values.singletonOrThrow()));
            }
            if (differentiated) {
                collector.backward(values.singletonOrThrow()
                        .mul(DjlArray.upload(manager, dy))
                        .sum());
                gradients.put("x", DjlArray.host(input.getGradient()));
            }
        }
        return new Results(outputs, gradients);
    }

    @Override
    public void close() {
        blocks.close();
    }
}
