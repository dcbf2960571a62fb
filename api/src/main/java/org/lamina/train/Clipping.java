package org.lamina.train;

import java.util.List;
import org.lamina.layer.Tensor;

/** What is done to all gradients together before an optimizer sees them. */
@FunctionalInterface
public interface Clipping {
    /** The gradients to use instead, in the same order and of the same types. */
    List<Tensor> clip(List<Tensor> gradients);

    /** No clipping. */
    static Clipping none() {
        return new NamedClipping("none", gradients -> gradients);
    }

    /** Each element limited to [-limit, limit]. */
    static Clipping byValue(double limit) {
        Settings.require("clipping", "limit", limit, limit > 0, "above 0");
        return new NamedClipping("value:limit=" + limit, gradients -> gradients.stream()
                .map(gradient -> gradient.clip(-limit, limit))
                .toList());
    }

    /**
     * All gradients scaled by limit / (norm + 1e-6), if that is below 1, with the Euclidean norm over all of them: PyTorch's form
     * of Pascanu et al. (2013).
     */
    static Clipping byNorm(double limit) {
        Settings.require("clipping", "limit", limit, limit > 0, "above 0");
        return new NamedClipping("norm:limit=" + limit, gradients -> {
            if (gradients.isEmpty()) {
                return gradients;
            }
            Tensor squares = gradients.stream()
                    .map(g -> g.square().sum())
                    .reduce(Tensor::add)
                    .orElseThrow();
            Tensor scale = squares.sqrt().add(1e-6).reciprocal().mul(limit).minimum(1);
            return gradients.stream().map(gradient -> gradient.mul(scale)).toList();
        });
    }
}
