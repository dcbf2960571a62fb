package org.lamina.dl4j;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.lamina.HostArray;
import org.lamina.io.ArchiveEntry;
import org.lamina.port.NativeModel;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A ComputationGraph that Deeplearning4j runs. It gives no gradients by its input, so outputs alone are shown. */
final class Dl4jNativeGraph implements NativeModel {
    private final ComputationGraph network;
    private final Map<Integer, String> vertices;
    private final boolean flatInput;
    private final boolean isWitness;

    /** @throws org.lamina.LaminaException if the file names a class outside of Deeplearning4j's own */
    Dl4jNativeGraph(Path path, Dl4jReader reader) {
        Dl4jNativeModel.requireKnown(path, reader.configuration());
        this.vertices = Objects.requireNonNull(reader.vertices());
        this.flatInput = reader.flatInput();
        String text = new String(ArchiveEntry.read(path, Dl4jFormat.CONFIGURATION), StandardCharsets.UTF_8);
        this.isWitness = !text.contains(Dl4jLayer.class.getName());
        this.network = new ComputationGraph(ComputationGraphConfiguration.fromJson(text));
        // With workspaces Deeplearning4j leaves one open when it is asked for a vertex before the last.
        network.getConfiguration().setInferenceWorkspaceMode(WorkspaceMode.NONE);
        network.init();
        HostArray flat = new Dl4jCoefficients(path).next(1, network.numParams());
        try (INDArray parameters = Dl4jArray.copy(flat)) {
            network.setParams(parameters);
        }
    }

    @Override
    public String framework() {
        return "DL4J";
    }

    @Override
    public boolean isWitness() {
        return isWitness;
    }

    @Override
    public Results run(HostArray x, HostArray dy) {
        Map<String, HostArray> outputs = new LinkedHashMap<>();
        vertices.forEach((position, vertex) -> {
            // Each run anew: an activation layer works in the memory of the layer before.
            try (INDArray input = Dl4jNativeModel.toNative(x, flatInput)) {
                INDArray[] activations = network.output(List.of(vertex), false, new INDArray[] {input}, null);
                outputs.put(Integer.toString(position), Dl4jNativeModel.host(activations[0]));
            }
        });
        return new Results(outputs, Map.of());
    }

    @Override
    public void close() {
        network.close();
    }
}
