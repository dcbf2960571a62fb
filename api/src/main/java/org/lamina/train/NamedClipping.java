package org.lamina.train;

import java.util.List;
import org.lamina.layer.Tensor;

/** A clipping that comes with Lamina, by a text that tells its settings. */
record NamedClipping(String text, Clipping rule) implements Clipping {
    @Override
    public List<Tensor> clip(List<Tensor> gradients) {
        return rule.clip(gradients);
    }

    @Override
    public String toString() {
        return text;
    }
}
