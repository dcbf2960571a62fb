package org.lamina.benchmarks.tf;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.lamina.HostArray;
import org.lamina.benchmarks.Network;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.types.TFloat32;

/** The networks as TensorFlow ops on variables, pictures with their channels last. */
final class TfNetworks {
    private final Ops tf;
    private final Iterator<HostArray> values;
    private final List<VarHandleOp> variables = new ArrayList<>();
    private final List<Operand<TFloat32>> reads = new ArrayList<>();
    private final List<Op> initializations = new ArrayList<>();

    TfNetworks(Ops tf, Map<String, HostArray> weights) {
        this.tf = tf;
        this.values = weights.values().iterator();
    }

    /** Resource variables: an update of the older kind may overtake a gradient that still reads the variable. */
    List<VarHandleOp> variables() {
        return variables;
    }

    /** The values of the variables in a run. */
    List<Operand<TFloat32>> reads() {
        return reads;
    }

    List<Op> initializations() {
        return initializations;
    }

    Operand<TFloat32> outputs(Network network, Operand<TFloat32> x) {
        return switch (network) {
            case MY_LINEAR -> tf.nn.relu(dense(tf.nn.relu(dense(x))));
            case MLP_256, MLP_1024 -> dense(tf.nn.relu(dense(x)));
            case NORM_GELU -> gelu(dense(norm(x)));
            case CONVOLUTION -> dense(tf.math.mean(
                    convolution(convolution(convolution(x, 1), 2), 1), tf.constant(new int[] {1, 2})));
        };
    }

    private Operand<TFloat32> variable() {
        HostArray value = values.next();
        return variable(tf.constant(Shape.of(value.shape().toArray()), DataBuffers.of(value.toFloats())));
    }

    private Operand<TFloat32> variable(Operand<TFloat32> value) {
        VarHandleOp variable = tf.varHandleOp(
                TFloat32.class, value.shape(), VarHandleOp.sharedName("variable" + variables.size()));
        Operand<TFloat32> read = tf.readVariableOp(variable, TFloat32.class);
        variables.add(variable);
        reads.add(read);
        initializations.add(tf.assignVariableOp(variable, value));
        return read;
    }

    private Operand<TFloat32> dense(Operand<TFloat32> x) {
        Operand<TFloat32> product = tf.linalg.matMul(x, variable());
        return tf.nn.biasAdd(product, variable());
    }

    private Operand<TFloat32> norm(Operand<TFloat32> x) {
        Operand<TFloat32> centered = tf.math.sub(x, mean(x));
        Operand<TFloat32> deviation = tf.math.add(mean(tf.math.square(centered)), tf.constant((float) Network.EPSILON));
        Operand<TFloat32> scale = tf.math.mul(tf.math.rsqrt(deviation), variable());
        return tf.math.add(tf.math.mul(centered, scale), variable());
    }

    private Operand<TFloat32> mean(Operand<TFloat32> x) {
        return tf.math.mean(x, tf.constant(1), org.tensorflow.op.math.Mean.keepDims(true));
    }

    private Operand<TFloat32> gelu(Operand<TFloat32> x) {
        Operand<TFloat32> erf = tf.math.erf(tf.math.mul(x, tf.constant((float) Math.sqrt(0.5))));
        return tf.math.mul(tf.math.mul(x, tf.constant(0.5f)), tf.math.add(erf, tf.constant(1f)));
    }

    private Operand<TFloat32> convolution(Operand<TFloat32> x, long stride) {
        HostArray filters = values.next();
        Operand<TFloat32> weight = tf.linalg.transpose(
                tf.constant(Shape.of(filters.shape().toArray()), DataBuffers.of(filters.toFloats())),
                tf.constant(new int[] {2, 3, 1, 0}));
        // Not explicit_paddings, which the gradient forgets.
        Operand<TFloat32> padded =
                tf.pad(x, tf.constant(new int[][] {{0, 0}, {1, 1}, {1, 1}, {0, 0}}), tf.constant(0f));
        Operand<TFloat32> sum = tf.nn.conv2d(padded, variable(weight), List.of(1L, stride, stride, 1L), "VALID");
        return tf.nn.relu(tf.nn.biasAdd(sum, variable()));
    }
}
