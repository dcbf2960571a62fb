package org.lamina.conformance;

import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Arrays between ND4J and the kit, by ND4J's public means alone. */
final class Dl4jArrays {
    private Dl4jArrays() {}

    static INDArray upload(HostArray source) {
        long[] shape = source.shape().toArray();
        return source.dtype() == DType.FLOAT64
                ? Nd4j.create(source.toDoubles(), shape, DataType.DOUBLE)
                : Nd4j.create(source.toFloats(), shape, 'c');
    }

    static HostArray host(INDArray array) {
        DType dtype = array.dataType() == DataType.DOUBLE ? DType.FLOAT64 : DType.FLOAT32;
        INDArray ordered = array.dup('c');
        return HostArray.generate(new TensorType(dtype, Shape.of(array.shape())), ordered::getDouble);
    }

    /** A sequence has its time last in DL4J and second here; all else is alike. */
    static INDArray turned(INDArray array) {
        return array.rank() == 3 ? array.permute(0, 2, 1) : array;
    }
}
