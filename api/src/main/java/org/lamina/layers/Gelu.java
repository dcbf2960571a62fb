package org.lamina.layers;

import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/** The exact Gaussian error linear unit, x (1 + erf(x / sqrt(2))) / 2 (Hendrycks and Gimpel 2016). */
public record Gelu() implements Layer {
    @Override
    public Tensor forward(Scope scope, Tensor x) {
        return x.gelu();
    }
}
