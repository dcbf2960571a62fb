package org.lamina.layers;

import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * The leading half of the Fourier coefficients of the last axis: <i>Dive into Deep Learning</i>, section 6.5, exercise 2.
 *
 * <p>Of (..., n) real numbers the floor(n / 2) + 1 coefficients X_k = sum over t of x_t e^(-2 pi i k t / n), not normalised, as
 * (..., floor(n / 2) + 1, 2): the real and the imaginary part, since not every framework has complex numbers. It is a product
 * with constant matrices, the same on every backend; n is at least 1.
 */
public record HalfFourier() implements Layer {
    @Override
    public Tensor forward(Scope scope, Tensor x) {
        if (x.shape().rank() == 0 || x.shape().extent(x.shape().rank() - 1) == 0) {
            throw scope.error(
                    ErrorCode.SHAPE,
                    "HalfFourier: x is " + x.shape()
                            + ", which has no signal along a last axis. Give at least one sample.");
        }
        long n = x.shape().dim(-1);
        Tensor real = x.matmul(scope.constant(matrix(n, true)));
        Tensor imaginary = x.matmul(scope.constant(matrix(n, false)));
        return Tensor.stack(-1, real, imaginary);
    }

    /** The factors of (sample, coefficient): cosines, or minus sines. */
    private static HostArray matrix(long n, boolean cosine) {
        long half = n / 2 + 1;
        TensorType type = new TensorType(DType.FLOAT64, Shape.of(n, half));
        return HostArray.generate(type, i -> {
            // Reduced to one turn, and the turn to eighths, exactly, so that large n loses no digits and zeros are
            // exact.
            long turn = Math.floorMod((i / half) * (i % half), n);
            return cosine ? cosine(turn, n) : -cosine(Math.floorMod(4 * turn - n, 4 * n), 4 * n);
        });
    }

    /** cos(2 pi p / q), exact at quarter turns. */
    private static double cosine(long p, long q) {
        long fold = Math.min(p, q - p);
        boolean negative = 4 * fold > q;
        long acute = negative ? q - 2 * fold : 2 * fold;
        // acute / q of half a turn, at most a quarter turn.
        double value = 2 * acute == q ? 0 : StrictMath.cos(Math.PI * acute / q);
        return negative ? -value : value;
    }
}
