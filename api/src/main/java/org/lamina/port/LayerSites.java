package org.lamina.port;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.lamina.LaminaException;
import org.lamina.layer.Layer;
import org.lamina.layers.Dense;

/** All places of a model in the order they run, with the format's arrays for each. */
final class LayerSites {
    private static final String OWN = Dense.class.getPackageName();

    private final WeightConvention convention;
    private final Map<Class<?>, LayerConverter> converters = new HashMap<>();
    private final IdentityHashMap<Layer, LayerSite> seen = new IdentityHashMap<>();
    private final List<LayerSite> sites = new ArrayList<>();
    /** By the path of a Dense, the channels that were flattened before it. */
    private final Map<String, Long> flattened;

    private LayerSites(WeightConvention convention, Map<String, Long> flattened) {
        this.convention = convention;
        this.flattened = flattened;
        for (LayerConverter converter : ServiceLoader.load(LayerConverter.class)) {
            if (converter.format().equals(convention.format())) {
                converters.put(converter.layer(), converter);
            }
        }
    }

    static List<LayerSite> of(Layer layer, WeightConvention convention, Map<String, Long> flattened) {
        LayerSites sites = new LayerSites(convention, flattened);
        sites.visit(layer, "", "");
        return List.copyOf(sites.sites);
    }

    private void visit(Layer layer, String path, String stored) {
        LayerSite original = seen.get(layer);
        LayerSite site = site(layer, path, stored, original);
        sites.add(site);
        seen.putIfAbsent(layer, site);
        Map<String, Layer> children = converters.containsKey(layer.getClass()) ? Map.of() : ChildLayers.of(layer);
        Map<String, Integer> counts = new HashMap<>();
        children.forEach((name, child) -> visit(
                child,
                path.isEmpty() ? name : path + "." + name,
                convention.child(stored, child, name, type -> counts.merge(type, 1, Integer::sum) - 1)));
    }

    private LayerSite site(Layer layer, String path, String stored, @Nullable LayerSite original) {
        try {
            List<StoredTensor> tensors = tensors(layer, path);
            String reason = tensors == null
                    ? convention.format() + " has no layer of this kind, and no LayerConverter is registered for it"
                    : "";
            return new LayerSite(path, stored, layer, original, tensors, reason);
        } catch (LaminaException e) {
            return new LayerSite(path, stored, layer, original, null, String.valueOf(e.getMessage()));
        }
    }

    private @Nullable List<StoredTensor> tensors(Layer layer, String path) {
        LayerConverter own = converters.get(layer.getClass());
        if (own != null) {
            return own.tensors(layer);
        }
        WeightConvention.Arrays known = convention.layers().get(layer.getClass());
        if (known != null) {
            return afterFlatten(path, known.of(layer));
        }
        return layer.getClass().getPackageName().equals(OWN) ? List.of() : null;
    }

    /** Where the format has the channels last, the rows of a matrix after a flattening are in another order. */
    private List<StoredTensor> afterFlatten(String path, List<StoredTensor> tensors) {
        Long channels = flattened.get(path);
        if (channels == null) {
            return tensors;
        }
        return tensors.stream()
                .map(tensor -> tensor.parts().get(0).parameter().equals("weight")
                        ? tensor.after(Layout.flattened(channels))
                        : tensor)
                .toList();
    }
}
