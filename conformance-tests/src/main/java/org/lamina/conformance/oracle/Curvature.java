package org.lamina.conformance.oracle;

import java.util.List;
import org.lamina.graph.Binary;
import org.lamina.graph.Op;
import org.lamina.graph.Unary;

/** Tells where samples are so far from the truth that a function bends between them, so that deviations are not proportional. */
final class Curvature {
    /** A distance on which e^x, a logarithm, a reciprocal or a sine are straight to within a percent. */
    private static final double STRAIGHT = 0x1p-7;

    private Curvature() {}

    static boolean bends(Op op, List<Sampled> operands) {
        if (op instanceof Unary unary) {
            return switch (unary) {
                case NEG, ABS, SIGN, FLOOR, NOT -> false;
                case SQRT, LOG -> isFar(operands.get(0), true);
                default -> isFar(operands.get(0), false);
            };
        }
        return (op == Binary.DIV && isFar(operands.get(1), true)) || (op == Binary.POW && isFar(operands.get(0), true));
    }

    /** True if samples of any element lie far from it, or by a large share of it. */
    private static boolean isFar(Sampled x, boolean relative) {
        for (int i = 0; i < x.truth().size(); i++) {
            double truth = Math.abs(x.truth().real(i));
            if (Double.isFinite(truth) && x.rms(i) > STRAIGHT * (relative ? truth : 1)) {
                return true;
            }
        }
        return false;
    }
}
