package org.lamina.dl4j;

import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.TransformOp;
import org.nd4j.nativeblas.OpaqueDataBuffer;

/**
 * An op of ND4J's older kind, on each element of an array or on pairs of elements, called as ND4J's executioner does.
 *
 * @param arguments of the op in native memory, null if it has none
 */
record Dl4jTransform(
        TransformOp op,
        Operand x,
        @Nullable Operand y,
        Operand result,
        @Nullable Pointer arguments) implements Dl4jStep {

    /** An array as native code sees it. */
    private record Operand(INDArray array, OpaqueDataBuffer memory, LongPointer shape) {
        static Operand of(INDArray array) {
            return new Operand(array, Dl4jArray.memory(array), (LongPointer)
                    array.shapeInfoDataBuffer().addressPointer());
        }
    }

    /** @param operands one or two */
    static Dl4jTransform of(TransformOp op, INDArray result, INDArray... operands) {
        DataBuffer arguments = op.extraArgs() == null ? null : op.extraArgsDataBuff(operands[0].dataType());
        return new Dl4jTransform(
                op,
                Operand.of(operands[0]),
                operands.length == 1 ? null : Operand.of(operands[1]),
                Operand.of(result),
                arguments == null ? null : arguments.addressPointer());
    }

    @Override
    public void run() {
        if (y != null) {
            Dl4jOp.NATIVE.execPairwiseTransform(
                    null,
                    op.opNum(),
                    x.memory,
                    x.shape,
                    null,
                    y.memory,
                    y.shape,
                    null,
                    result.memory,
                    result.shape,
                    null,
                    arguments);
        } else {
            runOnOne();
        }
        if (Dl4jOp.NATIVE.lastErrorCode() != 0) {
            throw Dl4jOp.failure(op.opName(), Dl4jOp.NATIVE.lastErrorMessage());
        }
    }

    private void runOnOne() {
        switch (op.getOpType()) {
            case TRANSFORM_SAME ->
                Dl4jOp.NATIVE.execTransformSame(
                        null, op.opNum(), x.memory, x.shape, null, result.memory, result.shape, null, arguments);
            case TRANSFORM_STRICT ->
                Dl4jOp.NATIVE.execTransformStrict(
                        null, op.opNum(), x.memory, x.shape, null, result.memory, result.shape, null, arguments);
            case TRANSFORM_FLOAT ->
                Dl4jOp.NATIVE.execTransformFloat(
                        null, op.opNum(), x.memory, x.shape, null, result.memory, result.shape, null, arguments);
            case TRANSFORM_ANY ->
                Dl4jOp.NATIVE.execTransformAny(
                        null, op.opNum(), x.memory, x.shape, null, result.memory, result.shape, null, arguments);
            default -> throw new IllegalArgumentException(op.opName() + " is " + op.getOpType());
        }
    }
}
