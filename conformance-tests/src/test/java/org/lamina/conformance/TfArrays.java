package org.lamina.conformance;

import java.util.Map;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.tensorflow.Operand;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TFloating;
import org.tensorflow.types.family.TType;

/** Arrays between TensorFlow and the kit, by TensorFlow's public means alone. */
final class TfArrays {
    private TfArrays() {}

    /** A placeholder of an array's type and shape, and the tensor that is to be fed for it. */
    static Operand<?> feed(Ops tf, Map<Operand<?>, Tensor> fed, HostArray value) {
        TType tensor = upload(value);
        Operand<?> placeholder = placeholder(tf, value.type());
        fed.put(placeholder, tensor);
        return placeholder;
    }

    /** A placeholder; an open size stays open. */
    static Operand<?> placeholder(Ops tf, TensorType type) {
        return tf.placeholder(
                type(type.dtype()),
                Placeholder.shape(org.tensorflow.ndarray.Shape.of(type.shape().toArray())));
    }

    private static Class<? extends TType> type(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> TFloat32.class;
            case FLOAT64 -> TFloat64.class;
            case INT32 -> TInt32.class;
            case INT64 -> TInt64.class;
            case BOOL -> TBool.class;
        };
    }

    static boolean isFloating(Class<? extends TType> type) {
        return TFloating.class.isAssignableFrom(type);
    }

    /** A tensor that the caller closes. */
    static TType upload(HostArray source) {
        org.tensorflow.ndarray.Shape shape =
                org.tensorflow.ndarray.Shape.of(source.shape().toArray());
        return switch (source.dtype()) {
            case FLOAT32 -> TFloat32.tensorOf(shape, DataBuffers.of(source.toFloats()));
            case FLOAT64 -> TFloat64.tensorOf(shape, DataBuffers.of(source.toDoubles()));
            case INT64 -> TInt64.tensorOf(shape, DataBuffers.of(source.toLongs()));
            case INT32 ->
                TInt32.tensorOf(shape, data -> data.scalars()
                        .forEachIndexed((at, element) -> element.setInt((int) source.doubleAt(index(shape, at)))));
            case BOOL ->
                TBool.tensorOf(shape, data -> data.scalars()
                        .forEachIndexed((at, element) -> element.setBoolean(source.doubleAt(index(shape, at)) != 0)));
        };
    }

    private static int index(org.tensorflow.ndarray.Shape shape, long[] at) {
        long index = 0;
        for (int axis = 0; axis < at.length; axis++) {
            index = index * shape.get(axis) + at[axis];
        }
        return Math.toIntExact(index);
    }

    /** The values of a tensor, which stays open. */
    static HostArray host(Tensor tensor) {
        double[] values = new double[Math.toIntExact(tensor.shape().size())];
        DType dtype;
        if (tensor instanceof TFloat32 floats) {
            floats.scalars().forEachIndexed((at, x) -> values[index(tensor.shape(), at)] = x.getFloat());
            dtype = DType.FLOAT32;
        } else if (tensor instanceof TFloat64 doubles) {
            doubles.scalars().forEachIndexed((at, x) -> values[index(tensor.shape(), at)] = x.getDouble());
            dtype = DType.FLOAT64;
        } else if (tensor instanceof TInt32 ints) {
            ints.scalars().forEachIndexed((at, x) -> values[index(tensor.shape(), at)] = x.getInt());
            dtype = DType.INT32;
        } else if (tensor instanceof TInt64 longs) {
            longs.scalars().forEachIndexed((at, x) -> values[index(tensor.shape(), at)] = x.getLong());
            dtype = DType.INT64;
        } else {
            ((TBool) tensor)
                    .scalars()
                    .forEachIndexed((at, x) -> values[index(tensor.shape(), at)] = x.getBoolean() ? 1 : 0);
            dtype = DType.BOOL;
        }
        return HostArray.generate(new TensorType(dtype, Shape.of(tensor.shape().asArray())), i -> values[i]);
    }
}
