package org.lamina.layer;

import java.util.Arrays;
import java.util.List;
import org.lamina.DType;
import org.lamina.Shape;
import org.lamina.TensorType;

/** Traces a layer on float32 inputs of some shapes. */
final class Tracing {
    private Tracing() {}

    static TracedLayer trace(Layer layer, Shape... shapes) {
        List<TensorType> types = Arrays.stream(shapes)
                .map(shape -> new TensorType(DType.FLOAT32, shape))
                .toList();
        return Trace.of(layer, DType.FLOAT32, types, false);
    }

    static Shape outputShape(Layer layer, Shape... shapes) {
        return trace(layer, shapes).outputs().get(0).type().shape();
    }
}
