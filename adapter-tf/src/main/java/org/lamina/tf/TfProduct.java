package org.lamina.tf;

import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeleteBuffer;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeleteStatus;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_GetRegisteredKernelsForOp;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_NewStatus;

import java.util.Arrays;
import java.util.IdentityHashMap;
import org.lamina.Shape;
import org.tensorflow.Operand;
import org.tensorflow.OperationBuilder;
import org.tensorflow.Output;
import org.tensorflow.internal.c_api.TF_Buffer;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.TFloat32;

/**
 * Products of matrices. TensorFlow's usual kernel, Eigen's, is slow where it reads an operand transposed; where TensorFlow was
 * built with oneDNN, its kernel for that is in the library too, though only TensorFlow's own rewriting of graphs asks for it.
 */
final class TfProduct {
    private static final String ONEDNN_PRODUCT = "_MklMatMul";
    /** True if this TensorFlow has oneDNN's product. */
    static final boolean HAS_ONEDNN = hasKernel(ONEDNN_PRODUCT);

    /** So many multiplications make up for oneDNN's longer start. */
    private static final long ONEDNN = 1 << 20;
    /** Examples in a batch whose size is open. */
    private static final long USUAL_BATCH = 128;
    /** Eigen reads matrices of this size faster from a transposed copy. */
    private static final long LARGE = 512;

    private final TfDetours detours;
    private final boolean hasOneDnn;
    private final IdentityHashMap<Operand<?>, Operand<?>> swapped = new IdentityHashMap<>();

    /** @param hasOneDnn false if graphs are for other TensorFlows too */
    TfProduct(TfDetours detours, boolean hasOneDnn) {
        this.detours = detours;
        this.hasOneDnn = hasOneDnn;
    }

    /** True if this TensorFlow has a kernel for an op. */
    static boolean hasKernel(String op) {
        TF_Status status = TF_NewStatus();
        TF_Buffer kernels = TF_GetRegisteredKernelsForOp(op, status);
        try {
            return kernels.length() > 0;
        } finally {
            TF_DeleteBuffer(kernels);
            TF_DeleteStatus(status);
        }
    }

    /** Begins an op of oneDNN's, by the label that TensorFlow gives to kernels which take the place of its own. */
    static OperationBuilder oneDnn(Ops tf, String name) {
        return TfLowering.op(tf, name).setAttr("_kernel", "MklNameChangeOp");
    }

    /** Takes note that the last two axes of a result are those of x, swapped. */
    void swapped(Operand<?> x, Operand<?> result) {
        swapped.put(result, x);
    }

    /**
     * A batched product repeats a shared matrix for each batch and a transposed operand is a copy: one matrix product of all rows,
     * and products that read an operand transposed, are faster.
     */
    Operand<?> matmul(Operand<?> x, Operand<?> y) {
        if (rank(x) == 2 && rank(y) == 2) {
            return product(x, y);
        }
        long[] rows = rank(y) == 2 ? sizes(x) : new long[0];
        long[] columns = sizes(y);
        if (rows.length > 2 && rows[rows.length - 1] > 0 && isFlat(rows) && columns[1] > 0) {
            Operand<?> flat = tf().reshape(TfLowering.typed(x), detours.sizes(-1, rows[rows.length - 1]));
            rows[rows.length - 1] = columns[1];
            return tf().reshape(TfLowering.typed(product(flat, y)), detours.sizes(rows));
        }
        Operand<?> a = swapped.getOrDefault(x, x);
        Operand<?> b = swapped.getOrDefault(y, y);
        return tf().train
                .batchMatMul(
                        TfLowering.typed(a),
                        TfLowering.typed(b),
                        x.asOutput().type(),
                        BatchMatMul.adjX(a != x),
                        BatchMatMul.adjY(b != y));
    }

    /** One open size at most, which a reshape finds, and none of 0. */
    private static boolean isFlat(long[] sizes) {
        return Arrays.stream(sizes).filter(size -> size == Shape.BATCH).count() <= 1
                && Arrays.stream(sizes).noneMatch(size -> size == 0);
    }

    private Operand<?> product(Operand<?> x, Operand<?> y) {
        if (isOneDnn(x, y)) {
            return multiplying(
                            oneDnn(tf(), ONEDNN_PRODUCT), x, y, swapped.getOrDefault(x, x), swapped.getOrDefault(y, y))
                    .build()
                    .output(0);
        }
        Operand<?> a = untransposed(x);
        Operand<?> b = untransposed(y);
        return tf().linalg
                .matMul(TfLowering.typed(a), TfLowering.typed(b), MatMul.transposeA(a != x), MatMul.transposeB(b != y));
    }

    private boolean isOneDnn(Operand<?> x, Operand<?> y) {
        return hasOneDnn
                && x.asOutput().type() == TFloat32.class
                && usual(sizes(x)[0]) * usual(sizes(x)[1]) * usual(sizes(y)[1]) >= ONEDNN;
    }

    /** A size, or a usual batch for an open one. */
    static long usual(long size) {
        return size < 0 ? USUAL_BATCH : size;
    }

    /** Gives x and y to an op, which reads those transposed whose place a or b takes. */
    private static OperationBuilder multiplying(
            OperationBuilder op, Operand<?> x, Operand<?> y, Operand<?> a, Operand<?> b) {
        return op.addInput(a.asOutput())
                .addInput(b.asOutput())
                .setAttr("transpose_a", a != x)
                .setAttr("transpose_b", b != y);
    }

    /**
     * x w + b, and max(0, ...) of it. One kernel of Eigen's does all; where x has no columns it forgets b.
     *
     * @param relu true for the latter
     */
    Operand<?> linear(Operand<?> x, Operand<?> w, Operand<?> b, boolean relu) {
        if (sizes(w)[0] == 0 || isOneDnn(x, w)) {
            Operand<?> sum = tf().nn.biasAdd(TfLowering.<TFloat32>typed(product(x, w)), TfLowering.typed(b));
            return relu ? detours.rectifier().relu(sum) : sum;
        }
        Operand<?> result = multiplying(TfLowering.op(tf(), "_FusedMatMul"), x, w, untransposed(x), untransposed(w))
                .addInputList(new Output<?>[] {b.asOutput()})
                .setAttr("num_args", 1)
                .setAttr("fused_ops", relu ? new String[] {"BiasAdd", "Relu"} : new String[] {"BiasAdd"})
                .build()
                .output(0);
        return relu ? detours.rectifier().rectified(result) : result;
    }

    /** What Eigen's product reads transposed instead of an operand, or the operand. */
    private Operand<?> untransposed(Operand<?> x) {
        return isLargeMatrix(x) ? x : swapped.getOrDefault(x, x);
    }

    /** An open size counts as a large one. */
    private boolean isLargeMatrix(Operand<?> x) {
        return Arrays.stream(sizes(x)).allMatch(size -> size < 0 || size >= LARGE);
    }

    private Ops tf() {
        return detours.tf();
    }

    private int rank(Operand<?> x) {
        return detours.known(x).numDimensions();
    }

    private long[] sizes(Operand<?> x) {
        return detours.known(x).asArray();
    }
}
