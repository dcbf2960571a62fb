package org.lamina.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.lamina.layer.Layer;
import org.lamina.layer.MultiLayer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/** The difference of the two sides of a law; both call one layer object, or two where their weights differ. */
final class LawLayer implements MultiLayer {
    private final Law law;
    private final Layer own;
    private final Layer other;

    LawLayer(Law law, Supplier<? extends Layer> layer) {
        this.law = law;
        this.own = layer.get();
        this.other = law.weights() == null ? own : layer.get();
    }

    @Override
    public List<Tensor> forward(Scope scope, List<Tensor> inputs) {
        String name = law.weights() == null ? "layer" : "other";
        List<Tensor> left = law.left().of(given -> scope.call("layer", own, given), inputs);
        List<Tensor> right = law.right().of(given -> scope.call(name, other, given), inputs);
        if (left.size() != right.size()) {
            throw new IllegalArgumentException("law " + law + " has " + left.size() + " results on its left side and "
                    + right.size() + " on its right");
        }
        List<Tensor> differences = new ArrayList<>();
        for (int i = 0; i < left.size(); i++) {
            differences.add(left.get(i).sub(right.get(i)));
        }
        return differences;
    }
}
