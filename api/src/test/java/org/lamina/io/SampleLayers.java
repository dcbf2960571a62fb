package org.lamina.io;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;
import org.lamina.layers.Sequential;

/** Layers with fields of every kind. */
final class SampleLayers {
    static final LayerRegistry REGISTRY = LayerRegistry.standard()
            .with("sample.Everything", Everything.class)
            .with("Defaults", Defaults.class)
            .with("Optional", Optional.class)
            .with("Wrapper", Wrapper.class)
            .with("Sized", Sized.class)
            .with("Strict", Strict.class);
    static final LayerJson JSON = new LayerJson(REGISTRY);

    private SampleLayers() {}

    enum Mode {
        FAST,
        HALF_UP
    }

    record Everything(
            long size,
            int count,
            double rate,
            boolean bias,
            String name,
            Mode mode,
            DType dtype,
            Shape shape,
            List<Long> sizes,
            List<List<Double>> table,
            Layer inner,
            List<? extends Layer> branches)
            implements Layer {
        @Override
        public Tensor forward(Scope scope, Tensor x) {
            return x;
        }
    }

    record Defaults(long units, double rate, boolean bias) implements Layer {
        Defaults(long units) {
            this(units, units / 10.0);
        }

        Defaults(long units, double rate) {
            this(units, rate, rate > 0.5);
        }

        @Override
        public Tensor forward(Scope scope, Tensor x) {
            return x;
        }
    }

    record Optional(@Nullable Long limit, @Nullable Layer inner, long units) implements Layer {
        @Override
        public Tensor forward(Scope scope, Tensor x) {
            return x;
        }
    }

    record Wrapper(Sequential body) implements Layer {
        @Override
        public Tensor forward(Scope scope, Tensor x) {
            return scope.call("body", body, x);
        }
    }

    record Sized(Shape shape, String name) implements Layer {
        @Override
        public Tensor forward(Scope scope, Tensor x) {
            return x;
        }
    }

    /** Refuses in two ways. */
    record Strict(long way) implements Layer {
        Strict {
            if (way == 1) {
                throw new LaminaException(ErrorCode.CONFIGURATION, "Strict: way is 1; it must not be. Give 0.");
            }
            if (way == 2) {
                throw new IllegalArgumentException("two");
            }
        }

        @Override
        public Tensor forward(Scope scope, Tensor x) {
            return x;
        }
    }
}
