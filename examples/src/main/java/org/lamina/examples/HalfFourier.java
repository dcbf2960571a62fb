package org.lamina.examples;

import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/** The leading half of each row's Fourier coefficients, real and imaginary parts in a new axis: the second exercise. */
public record HalfFourier() implements Layer {
    @Override
    public Tensor forward(Scope scope, Tensor x) {
        int samples = (int) x.shape().dim(-1);
        int half = samples / 2 + 1;
        TensorType type = new TensorType(DType.FLOAT64, Shape.of(samples, half));
        HostArray cosines = HostArray.generate(type, i -> Math.cos(angle(i / half, i % half, samples)));
        HostArray sines = HostArray.generate(type, i -> -Math.sin(angle(i / half, i % half, samples)));
        return Tensor.stack(-1, x.matmul(scope.constant(cosines)), x.matmul(scope.constant(sines)));
    }

    private static double angle(int sample, int coefficient, int samples) {
        return 2 * Math.PI * (sample * coefficient % samples) / samples;
    }
}
