package org.lamina.dl4j;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lamina.HostArray;
import org.lamina.layer.Layer;
import org.lamina.layers.Concat;
import org.lamina.layers.Parallel;
import org.lamina.layers.Residual;
import org.lamina.layers.Sequential;

/**
 * A part of a network.
 *
 * @param layers that follow one another
 * @param weights by path, which begins with the layer's position
 */
record Dl4jPiece(List<Layer> layers, Map<String, HostArray> weights) {
    static final Dl4jPiece EMPTY = new Dl4jPiece(List.of(), Map.of());

    /** This and then another. */
    Dl4jPiece then(Dl4jPiece next) {
        List<Layer> all = new ArrayList<>(layers);
        all.addAll(next.layers);
        Map<String, HostArray> values = new LinkedHashMap<>(weights);
        next.weights.forEach((path, value) -> {
            int dot = path.indexOf('.');
            values.put(layers.size() + Integer.parseInt(path.substring(0, dot)) + path.substring(dot), value);
        });
        return new Dl4jPiece(all, values);
    }

    private Layer layer() {
        return layers.size() == 1 ? layers.get(0) : new Sequential(layers);
    }

    private void put(String prefix, Map<String, HostArray> values) {
        int skipped = layers.size() == 1 ? "0.".length() : 0;
        weights.forEach((path, value) -> values.put(prefix + path.substring(skipped), value));
    }

    /** What two branches give of one input, added up. A branch without layers gives the input. */
    static Dl4jPiece sum(Dl4jPiece one, Dl4jPiece other) {
        if (one.layers.isEmpty()) {
            return sum(other, one);
        }
        Map<String, HostArray> values = new LinkedHashMap<>();
        one.put("0.layer.", values);
        other.put("0.shortcut.", values);
        Layer shortcut = other.layers.isEmpty() ? null : other.layer();
        return new Dl4jPiece(List.of(new Residual(one.layer(), shortcut)), values);
    }

    /** What branches give of one input, one after another along an axis. */
    static Dl4jPiece joined(List<Dl4jPiece> branches, int axis) {
        Map<String, HostArray> values = new LinkedHashMap<>();
        for (int i = 0; i < branches.size(); i++) {
            branches.get(i).put("0.0." + i + ".", values);
        }
        Layer side = new Parallel(branches.stream().map(Dl4jPiece::layer).toList());
        return new Dl4jPiece(List.of(Sequential.of(side, new Concat(axis))), values);
    }
}
