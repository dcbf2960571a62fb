package org.lamina.dl4j;

import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.TensorType;
import org.lamina.spi.NativeArray;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.TransformOp;

/** Where the arrays of a run come from, and what computes its ops. For one thread. */
interface Dl4jExecutor {
    /** The array of an input, or of a constant. */
    INDArray unwrap(NativeArray array);

    /** An array in C order, its elements not set, which is no other's until it is given back. */
    INDArray take(TensorType type);

    /** A copy of an array in native memory. */
    INDArray take(HostArray value);

    /** A scalar. */
    INDArray take(DType dtype, double value);

    /** Takes an array back, of which no view is used any more. */
    void give(INDArray array);

    /** The owner of an array that was taken, which outlives the run. */
    NativeArray keep(INDArray array, TensorType type);

    /** A view of numbers as the integers that have the same bits; no array may be empty here. */
    INDArray bits(INDArray array);

    /** Computes an op of ND4J's newer kind. */
    void compute(String op, Dl4jArguments arguments, INDArray result, INDArray... operands);

    /** Computes an op of ND4J's older kind. */
    void compute(TransformOp op, INDArray result, INDArray... operands);

    /** Looks at elements, and throws if something is wrong with them. */
    void check(Dl4jStep check);

    /** Says that the run does what this does not see, or what other elements would have it do otherwise. */
    void notRepeatable();

    /** Says that the run is over. */
    default void end() {}
}
