package org.lamina.conformance;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.TensorType;
import org.lamina.djl.DjlProvider;

/** Arrays between DJL and the kit, by DJL's public means alone. */
final class DjlArrays {
    private DjlArrays() {}

    /** The names, as DJL has them, of the engines that the profile brings. */
    static List<String> engines() {
        return Stream.of(new DjlProvider.PyTorch(), new DjlProvider.Mxnet())
                .filter(DjlProvider::isPresent)
                .map(provider -> provider instanceof DjlProvider.Mxnet ? "MXNet" : "PyTorch")
                .toList();
    }

    static NDArray upload(NDManager manager, HostArray source) {
        Shape shape = new Shape(source.shape().toArray());
        return switch (source.dtype()) {
            case FLOAT32 -> manager.create(source.toFloats(), shape);
            case FLOAT64 -> manager.create(source.toDoubles(), shape);
            default ->
                manager.create(source.toLongs(), shape)
                        .toType(DataType.valueOf(source.dtype().name()), false);
        };
    }

    static HostArray host(NDArray array) {
        DType dtype = DType.valueOf(array.getDataType().name());
        TensorType type =
                new TensorType(dtype, org.lamina.Shape.of(array.getShape().getShape()));
        ByteBuffer bytes = array.toByteBuffer();
        return HostArray.of(type, bytes);
    }

    /** Of what no path leads to DJL gives float32 zeros, whatever its own dtype. */
    static HostArray gradient(NDArray array) {
        return host(array.getGradient().toType(array.getDataType(), false));
    }
}
