package org.lamina.train;

import org.lamina.layer.Tensor;

/** A loss that comes with Lamina, by the text that {@link Loss#parse} reads. */
record NamedLoss(String text, Loss rule) implements Loss {
    @Override
    public Tensor of(Tensor prediction, Tensor target) {
        return rule.of(prediction, target);
    }

    @Override
    public String toString() {
        return text;
    }
}
