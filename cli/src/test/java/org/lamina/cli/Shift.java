package org.lamina.cli;

import java.util.List;
import java.util.Map;
import org.lamina.Shape;
import org.lamina.layer.Initializer;
import org.lamina.layer.Layer;
import org.lamina.layer.LayerProvider;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;
import org.lamina.port.LayerConverter;
import org.lamina.port.StoredTensor;

/** A user's own layer: x + by. */
public record Shift() implements Layer {
    @Override
    public Tensor forward(Scope scope, Tensor x) {
        return x.add(scope.parameter("by", Shape.of(x.shape().dim(-1)), Initializer.zeros()));
    }

    /** Registers it for layer.json. */
    public static final class Provider implements LayerProvider {
        @Override
        public Map<String, Class<? extends Layer>> layers() {
            return Map.of("test.Shift", Shift.class);
        }
    }

    /** What it is called in PyTorch. */
    public static final class Torch implements LayerConverter {
        @Override
        public String format() {
            return "torch";
        }

        @Override
        public Class<? extends Layer> layer() {
            return Shift.class;
        }

        @Override
        public List<StoredTensor> tensors(Layer layer) {
            return List.of(StoredTensor.single("offset", "by"));
        }
    }
}
