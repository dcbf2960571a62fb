package org.lamina.tf;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.io.Bundle;
import org.lamina.layers.Sequential;
import org.lamina.port.NativeModel;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;

/** A SavedModel that TensorFlow runs, and differentiates by its own gradients. */
final class TfNativeModel implements NativeModel {
    private final Path path;
    private final SavedModelBundle bundle;
    private final org.tensorflow.Graph graph;
    private final Map<String, HostArray> weights;
    /** The ops of the layers' outputs, by path. */
    private final Map<String, Output<?>> outputs = new LinkedHashMap<>();

    TfNativeModel(Path path) {
        this.path = path;
        Bundle model = new TfFormat().read(path, null);
        this.weights = model.weights().tensors();
        TfProvider.load();
        this.bundle = SavedModelBundle.load(path.toString());
        this.graph = bundle.graph();
        int layers =
                model.layer() instanceof Sequential sequence ? sequence.layers().size() : 0;
        for (int i = 0; i < layers - 1; i++) {
            add(Integer.toString(i), TfSavedModel.LAYERS + i, ".");
        }
        add(layers == 0 ? "y" : Integer.toString(layers - 1), "y", "");
        if (outputs.isEmpty()) {
            throw TfVariables.malformed(path, "its graph has no y, which Lamina writes", null);
        }
    }

    private void add(String path, String name, String separator) {
        if (graph.operation(name) != null) {
            outputs.put(path, graph.operation(name).output(0));
            return;
        }
        for (int i = 0; graph.operation(name + separator + i) != null; i++) {
            outputs.put(
                    path.equals("y") ? path + i : path + "#" + i,
                    graph.operation(name + separator + i).output(0));
        }
    }

    private Output<?> output(String name) {
        if (graph.operation(name) == null) {
            throw TfVariables.malformed(path, "its graph has no " + name + ", which Lamina writes", null);
        }
        return graph.operation(name).output(0);
    }

    @Override
    public String framework() {
        return "TensorFlow";
    }

    /** The graph was lowered by Lamina. */
    @Override
    public boolean isWitness() {
        return false;
    }

    @Override
    public Results run(HostArray x, HostArray dy) {
        Output<?> input = output("x");
        Map<String, Output<?>> by = new LinkedHashMap<>();
        if (x.dtype().isFloating()) {
            by.put("x", input);
        }
        weights.forEach((path, value) -> {
            if (value.dtype().isFloating()) {
                by.put(path, output(path + TfSavedModel.READ));
            }
        });
        TfTensor given = TfTensor.of(x);
        TfTensor seed = TfTensor.of(dy);
        try {
            Session.Runner runner = bundle.session().runner().feed(input, given.tensor());
            Map<String, Output<?>> gradients = differentiate(runner, seed, by);
            outputs.values().forEach(runner::fetch);
            gradients.values().forEach(runner::fetch);
            try (Result result = runner.run()) {
                return new Results(
                        downloaded(result, 0, outputs.keySet()),
                        downloaded(result, outputs.size(), gradients.keySet()));
            }
        } finally {
            given.close();
            seed.close();
        }
    }

    /** TensorFlow gives a closed output where no path leads to an input. */
    private Map<String, Output<?>> differentiate(Session.Runner runner, TfTensor seed, Map<String, Output<?>> by) {
        List<Output<?>> all = List.copyOf(outputs.values());
        Output<?> cotangent = Ops.create(graph)
                .placeholder(TfArray.tensorClass(seed.type().dtype()))
                .asOutput();
        runner.feed(cotangent, seed.tensor());
        Output<?>[] found = graph.addGradients(
                "verify",
                new Output<?>[] {all.get(all.size() - 1)},
                by.values().toArray(Output<?>[]::new),
                new Output<?>[] {cotangent});
        Map<String, Output<?>> gradients = new LinkedHashMap<>();
        int i = 0;
        for (String path : by.keySet()) {
            Output<?> gradient = found[i++];
            if (!gradient.isClosed()) {
                gradients.put(path, gradient);
            }
        }
        return gradients;
    }

    private static Map<String, HostArray> downloaded(Result result, int start, Set<String> names) {
        Map<String, HostArray> downloaded = new LinkedHashMap<>();
        int i = start;
        for (String name : names) {
            downloaded.put(name, new TfTensor(dtype(result.get(i)), result.get(i)).download());
            i++;
        }
        return downloaded;
    }

    private static DType dtype(Tensor tensor) {
        return switch (tensor.dataType()) {
            case DT_DOUBLE -> DType.FLOAT64;
            case DT_INT32 -> DType.INT32;
            case DT_INT64 -> DType.INT64;
            case DT_BOOL -> DType.BOOL;
            default -> DType.FLOAT32;
        };
    }

    @Override
    public void close() {
        bundle.close();
    }
}
