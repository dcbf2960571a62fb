package org.lamina.conformance.oracle;

import org.jspecify.annotations.Nullable;
import org.lamina.Shape;
import org.lamina.graph.Binary;
import org.lamina.graph.Unary;

/** The local errors of ops that compute each element by itself. */
final class ElementwiseErrors {
    private ElementwiseErrors() {}

    static double @Nullable [] of(Unary op, LocalError error, Sampled result, Sampled x) {
        OracleTensor y = result.truth();
        return switch (op) {
            case NEG, ABS, SIGN, FLOOR, NOT -> null;
            case SQRT ->
                LocalErrors.fill(result, i -> isExactRoot(x, y, i) ? 0 : error.ofArithmetic(y.real(i), result.rms(i)));
            default ->
                LocalErrors.fill(result, i -> isTrivial(op, x, i) ? 0 : error.ofFunction(y.real(i), result.rms(i)));
        };
    }

    private static boolean isExactRoot(Sampled x, OracleTensor y, int i) {
        return x.rms(i) == 0
                && Exactness.holds(y.dtype(), y.real(i))
                && Math.fma(-y.real(i), y.real(i), x.truth().real(i)) == 0;
    }

    /** True of e^0 = 1, ln 1 = 0, sin 0 = 0 and their like, which every library gets right. */
    private static boolean isTrivial(Unary op, Sampled x, int i) {
        double value = x.truth().real(i);
        return x.rms(i) == 0 && (value == 0 || (op == Unary.LOG && value == 1));
    }

    static double @Nullable [] of(Binary op, LocalError error, Sampled result, Sampled x, Sampled y) {
        if (op == Binary.MAX || op == Binary.MIN) {
            return null;
        }
        OracleTensor z = result.truth();
        int[] ofX = positions(x, z.shape());
        int[] ofY = positions(y, z.shape());
        return LocalErrors.fill(result, i -> {
            double a = x.truth().real(ofX[i]);
            double b = y.truth().real(ofY[i]);
            boolean exact = (x.rms(ofX[i]) == 0 && y.rms(ofY[i]) == 0)
                    ? (Exactness.holds(z.dtype(), z.real(i)) && Exactness.isExact(op, a, b, z.real(i)))
                    : isExactBy(op, x.rms(ofX[i]), a, y.rms(ofY[i]), b);
            if (exact) {
                return error.ofExact(z.real(i));
            }
            return switch (op) {
                case DIV -> error.ofQuotient(z.real(i), result.rms(i));
                case POW -> error.ofFunction(z.real(i), result.rms(i));
                default -> error.ofArithmetic(z.real(i), result.rms(i));
            };
        });
    }

    /** True if one operand is exact and lets the other through as it is, or scaled by a power of two. */
    private static boolean isExactBy(Binary op, double rmsOfX, double x, double rmsOfY, double y) {
        return (rmsOfX == 0 && Exactness.isExactWithLeft(op, x)) || (rmsOfY == 0 && Exactness.isExactWithRight(op, y));
    }

    private static int[] positions(Sampled x, Shape shape) {
        return Layout.broadcast(x.truth().shape(), shape).positions();
    }
}
