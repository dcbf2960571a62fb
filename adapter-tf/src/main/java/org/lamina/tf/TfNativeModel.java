package org.lamina.tf;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.lamina.HostArray;
import org.lamina.layers.Sequential;
import org.lamina.port.NativeModel;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;

/** A SavedModel that TensorFlow runs, and differentiates by its own gradients. */
final class TfNativeModel implements NativeModel {
    private final SavedModelBundle bundle;
    private final String last;

    TfNativeModel(Path path) {
        int layers = new TfFormat().read(path, null).layer() instanceof Sequential sequence
                ? sequence.layers().size()
                : 0;
        this.last = layers == 0 ? "y" : Integer.toString(layers - 1);
        this.bundle = SavedModelBundle.load(path.toString());
    }

    @Override
    public String framework() {
        return "TensorFlow";
    }

    @Override
    public Results run(HostArray x, HostArray dy) {
        Map<String, HostArray> outputs = new LinkedHashMap<>();
        Map<String, HostArray> gradients = new LinkedHashMap<>();
        Output<?> input = bundle.graph().operation("x").output(0);
        Output<?> output = bundle.graph().operation("y").output(0);
        TfArray given = TfArray.of(x);
        TfArray seed = TfArray.of(dy);
        try {
            Session.Runner runner =
                    bundle.session().runner().feed(input, given.tensor()).fetch(output);
            boolean differentiated = x.dtype().isFloating();
            if (differentiated) {
                Output<?> cotangent = org.tensorflow.op.Ops.create(bundle.graph())
                        .placeholder(TfArray.tensorClass(dy.dtype()))
                        .asOutput();
                Output<?>[] by = bundle.graph()
                        .addGradients(
                                "verify", new Output<?>[] {output}, new Output<?>[] {input}, new Output<?>[] {cotangent
                                });
                runner.feed(cotangent, seed.tensor()).fetch(by[0]);
            }
            try (Result result = runner.run()) {
                outputs.put(last, new TfArray(dy.dtype(), result.get(0)).download());
                if (differentiated) {
                    gradients.put("x", new TfArray(x.dtype(), result.get(1)).download());
                }
            }
        } finally {
            given.close();
            seed.close();
        }
        return new Results(outputs, gradients);
    }

    @Override
    public void close() {
        bundle.close();
    }
}
