package org.lamina.dl4j;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.bytedeco.javacpp.Pointer;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;
import org.nd4j.nativeblas.OpaqueContext;

/**
 * An op of ND4J's newer kind on a native context of its own, which is set up once and runs as often as one likes. ND4J's own
 * contexts are freed only after the garbage collector has found them, and make objects for each operand.
 */
final class Dl4jOp implements Dl4jStep {
    /** ND4J's native code. */
    static final NativeOps NATIVE = NativeOpsHolder.getInstance().getDeviceNativeOps();

    private static final Map<String, Long> HASHES = new ConcurrentHashMap<>();

    /**
     * ND4J's matrix products, called by several threads at once, now and then never return: the threads of OpenBLAS and of OpenMP
     * wait for each other. One product at a time uses all cores anyway.
     */
    private static final ReentrantLock PRODUCTS = new ReentrantLock();

    static final String PRODUCT = "matmul";

    private final String name;
    private final long hash;
    private final OpaqueContext context;
    private Dl4jArguments arguments = Dl4jArguments.NONE;
    /** Held, since the context has only their addresses. */
    private INDArray[] arrays = {};

    /** Begins an op without operands; its result's shape is the caller's affair. */
    Dl4jOp(String name) {
        this.name = name;
        this.hash = HASHES.computeIfAbsent(
                name, missing -> DynamicCustomOp.builder(missing).build().opHash());
        this.context = NATIVE.createGraphContext(1);
        NATIVE.ctxShapeFunctionOverride(context, true);
    }

    /** Sets what the op is given beside arrays. */
    Dl4jOp with(Dl4jArguments wanted) {
        wanted.set(context, arguments);
        arguments = wanted;
        return this;
    }

    /** Sets what the op reads, and the array it writes. */
    Dl4jOp on(INDArray result, INDArray... operands) {
        for (int i = 0; i < operands.length; i++) {
            NATIVE.setGraphContextInputBuffer(context, i, Dl4jArray.memory(operands[i]), shape(operands[i]), null);
        }
        NATIVE.setGraphContextOutputBuffer(context, 0, Dl4jArray.memory(result), shape(result), null);
        arrays = Arrays.copyOf(operands, operands.length + 1);
        arrays[operands.length] = result;
        return this;
    }

    private static Pointer shape(INDArray array) {
        return array.shapeInfoDataBuffer().addressPointer();
    }

    @Override
    public void run() {
        boolean alone = name.equals(PRODUCT);
        if (alone) {
            PRODUCTS.lock();
        }
        try {
            if (NATIVE.execCustomOp2(null, hash, context) != 0) {
                throw failure(name, NATIVE.lastErrorMessage());
            }
        } finally {
            if (alone) {
                PRODUCTS.unlock();
            }
        }
    }

    static LaminaException failure(String op, String message) {
        return new LaminaException(
                ErrorCode.BACKEND_FAILURE,
                "backend dl4j: ND4J's op " + op + " failed: " + message
                        + ". Nothing was computed. Report this with the layer and the input shapes.");
    }

    /** Lets go of the arrays, to be set up anew. */
    void clear() {
        NATIVE.ctxPurge(context);
        arrays = new INDArray[0];
    }

    @Override
    public void close() {
        NATIVE.deleteGraphContext(context);
    }
}
