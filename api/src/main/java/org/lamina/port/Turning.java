package org.lamina.port;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lamina.layer.Layer;
import org.lamina.layers.Flatten;
import org.lamina.layers.Parallel;
import org.lamina.layers.Permute;
import org.lamina.layers.Residual;
import org.lamina.layers.Sequential;

/** A model with a {@link Permute} put before some of its layers, and after them where they keep the order of axes. */
final class Turning {
    private final Layer original;
    private Layer layer;
    private final Set<Layer> inserted = Collections.newSetFromMap(new IdentityHashMap<>());

    Turning(Layer original) {
        this.original = original;
        this.layer = original;
    }

    /** The model by now. */
    Layer layer() {
        return layer;
    }

    /** How many were put in. */
    int count() {
        return inserted.size();
    }

    /** Turns the input of a layer; false if what holds it cannot be made anew. */
    boolean turn(AxisTrace.Misfit misfit) {
        AxisRule rule = AxisRule.of(misfit.layer());
        AxisOrder.Ordered order = misfit.order();
        if (order == null || (rule == null && !(misfit.layer() instanceof Flatten))) {
            return false;
        }
        AxisOrder.Ordered wanted = rule == null ? AxisOrder.Ordered.same(order.rank()) : rule.wanted(order.rank());
        Permute before = new Permute(order.to(wanted));
        Permute after = rule != null && rule.keepsOrder() ? new Permute(wanted.to(order)) : null;
        Optional<Layer> turned = turned(layer, misfit.path(), before, after);
        turned.ifPresent(made -> layer = made);
        return turned.isPresent();
    }

    private Optional<Layer> turned(Layer at, String path, Permute before, @Nullable Permute after) {
        if (path.isEmpty()) {
            return Optional.of(new Sequential(around(at, before, after)));
        }
        int dot = path.indexOf('.');
        String name = dot < 0 ? path : path.substring(0, dot);
        String rest = dot < 0 ? "" : path.substring(dot + 1);
        if (at instanceof Sequential sequence) {
            return elements(sequence.layers(), Integer.parseInt(name), rest, before, after, rest.isEmpty())
                    .map(Sequential::new);
        }
        if (at instanceof Parallel parallel) {
            return elements(parallel.layers(), Integer.parseInt(name), rest, before, after, false)
                    .map(Parallel::new);
        }
        if (at instanceof Residual residual) {
            boolean learned = name.equals("layer");
            Layer child = learned ? residual.layer() : residual.shortcut();
            return child == null
                    ? Optional.empty()
                    : turned(child, rest, before, after)
                            .map(made -> learned
                                    ? new Residual(made, residual.shortcut())
                                    : new Residual(residual.layer(), made));
        }
        return Optional.empty();
    }

    private Optional<List<Layer>> elements(
            List<Layer> layers, int index, String rest, Permute before, @Nullable Permute after, boolean flat) {
        List<Layer> made = new ArrayList<>(layers);
        if (flat) {
            made.remove(index);
            made.addAll(index, around(layers.get(index), before, after));
            return Optional.of(withoutPairs(made));
        }
        return turned(layers.get(index), rest, before, after).map(child -> {
            made.set(index, child);
            return made;
        });
    }

    private List<Layer> around(Layer at, Permute before, @Nullable Permute after) {
        List<Layer> layers = new ArrayList<>(List.of(before, at));
        inserted.add(before);
        if (after != null) {
            layers.add(after);
            inserted.add(after);
        }
        return layers;
    }

    /** Two that were put in one after the other, the second of which undoes the first, go. */
    private List<Layer> withoutPairs(List<Layer> layers) {
        List<Layer> kept = new ArrayList<>();
        for (Layer next : layers) {
            Layer last = kept.isEmpty() ? next : kept.get(kept.size() - 1);
            if (inserted.contains(next) && inserted.contains(last) && last != next && undoes(last, next)) {
                kept.remove(kept.size() - 1);
                inserted.remove(last);
                inserted.remove(next);
            } else {
                kept.add(next);
            }
        }
        return kept;
    }

    private static boolean undoes(Layer first, Layer second) {
        List<Long> axes = ((Permute) first).axes();
        List<Long> back = ((Permute) second).axes();
        for (int axis = 0; axis < axes.size(); axis++) {
            if (axes.get(back.get(axis).intValue()) != axis) {
                return false;
            }
        }
        return true;
    }

    /** The paths of the original model's layers, with those they have now. */
    Map<String, String> paths() {
        Map<String, String> paths = new LinkedHashMap<>();
        pair(original, "", layer, "", paths);
        return paths;
    }

    private void pair(Layer before, String path, Layer now, String pathNow, Map<String, String> paths) {
        if (before != now && now instanceof Sequential wrapped && wraps(wrapped, before)) {
            Layer inner = wrapped.layers().stream()
                    .filter(layer -> !inserted.contains(layer))
                    .findFirst()
                    .orElseThrow();
            pair(
                    before,
                    path,
                    inner,
                    below(pathNow, Integer.toString(wrapped.layers().indexOf(inner))),
                    paths);
            return;
        }
        paths.put(path, pathNow);
        List<Map.Entry<String, Layer>> children =
                new ArrayList<>(ChildLayers.of(now).entrySet());
        children.removeIf(child -> inserted.contains(child.getValue()));
        int position = 0;
        for (Map.Entry<String, Layer> child : ChildLayers.of(before).entrySet()) {
            Map.Entry<String, Layer> same = children.get(position++);
            pair(child.getValue(), below(path, child.getKey()), same.getValue(), below(pathNow, same.getKey()), paths);
        }
    }

    /** True of a Sequential that was made to hold a layer and what turns its input. */
    private boolean wraps(Sequential sequence, Layer before) {
        return !(before instanceof Sequential) && sequence.layers().stream().anyMatch(inserted::contains);
    }

    private static String below(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /** For messages: each that was put in, by its path. */
    List<String> places() {
        List<String> places = new ArrayList<>();
        place(layer, "", places);
        return places;
    }

    private void place(Layer at, String path, List<String> places) {
        if (inserted.contains(at) && at instanceof Permute permute) {
            places.add(path + " Permute " + permute.axes());
            return;
        }
        ChildLayers.of(at).forEach((name, child) -> place(child, below(path, name), places));
    }
}
