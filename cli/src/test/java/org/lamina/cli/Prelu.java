package org.lamina.cli;

import java.util.Map;
import org.lamina.Shape;
import org.lamina.io.Json;
import org.lamina.layer.Initializer;
import org.lamina.layer.Layer;
import org.lamina.layer.LayerProvider;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;
import org.lamina.port.NativeLayerConverter;

/**
 * A user's own layer for one of Deeplearning4j's that Lamina has no equal of: max(0, x) + slope min(0, x).
 *
 * @param mistaken true for one that forgets the slope
 */
public record Prelu(boolean mistaken) implements Layer {
    @Override
    public Tensor forward(Scope scope, Tensor x) {
        Tensor slope = scope.parameter("slope", Shape.of(x.shape().dim(-1)), Initializer.zeros());
        Tensor negative = x.neg().relu();
        return x.relu().sub(mistaken ? negative : negative.mul(slope));
    }

    /** Registers it for layer.json. */
    public static final class Provider implements LayerProvider {
        @Override
        public Map<String, Class<? extends Layer>> layers() {
            return Map.of("test.Prelu", Prelu.class);
        }
    }

    /** Reads Deeplearning4j's. */
    public static final class Converter implements NativeLayerConverter {
        static boolean mistaken;

        @Override
        public String format() {
            return "dl4j";
        }

        @Override
        public String type() {
            return "org.deeplearning4j.nn.conf.layers.PReLULayer";
        }

        @Override
        public Layer convert(Json.Fields settings, Parameters parameters) {
            parameters.take("slope", 5);
            return new Prelu(mistaken);
        }
    }
}
