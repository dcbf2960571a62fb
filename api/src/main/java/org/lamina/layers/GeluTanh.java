package org.lamina.layers;

import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/** The approximation of GELU by tanh: x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2. It differs from {@link Gelu} by up to 5e-4. */
public record GeluTanh() implements Layer {
    @Override
    public Tensor forward(Scope scope, Tensor x) {
        return x.geluTanh();
    }
}
