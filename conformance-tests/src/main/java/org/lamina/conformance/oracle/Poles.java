package org.lamina.conformance.oracle;

import java.util.ArrayList;
import java.util.List;
import org.lamina.graph.Binary;
import org.lamina.graph.Op;
import org.lamina.graph.Unary;

/**
 * Operands within two deviations of 0 where an op has a pole: a divisor, the argument of a logarithm. A run may come to exactly 0
 * there, as 1 - sigmoid(20) is in float32, and samples, which are continuous, would not.
 */
final class Poles {
    private static final double REACH = 2;

    private Poles() {}

    /** The operands of a sample, in half of the samples with what is near a pole on it. */
    static List<OracleTensor> met(Op op, List<Sampled> operands, List<OracleTensor> samples, Noise noise) {
        int at = op == Binary.DIV ? 1 : op == Unary.LOG ? 0 : -1;
        if (at < 0 || operands.get(at).isExact() || !noise.isExtreme()) {
            return samples;
        }
        Sampled x = operands.get(at);
        OracleTensor sample = samples.get(at);
        List<OracleTensor> met = new ArrayList<>(samples);
        met.set(at, OracleTensor.ofReals(sample.type(), i -> isNear(x, i) ? 0 : sample.real(i)));
        return met;
    }

    private static boolean isNear(Sampled x, int i) {
        return x.rms(i) > 0 && Math.abs(x.truth().real(i)) < REACH * x.rms(i);
    }
}
