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
import org.lamina.layers.Concat;
import org.lamina.layers.Conv1d;
import org.lamina.layers.Conv2d;
import org.lamina.layers.ConvTranspose2d;
import org.lamina.layers.Dense;
import org.lamina.layers.Flatten;
import org.lamina.layers.GlobalAveragePool;
import org.lamina.layers.MyDense;
import org.lamina.layers.MyLinear;
import org.lamina.layers.Parallel;

/** All places of a model in the order they run, with the format's arrays for each. */
final class LayerSites {
    private static final long UNKNOWN = -1;
    private static final String OWN = Dense.class.getPackageName();

    private final WeightConvention convention;
    private final Map<Class<?>, LayerConverter> converters = new HashMap<>();
    private final IdentityHashMap<Layer, LayerSite> seen = new IdentityHashMap<>();
    private final List<LayerSite> sites = new ArrayList<>();
    /** The channels of the images at this point, 0 where there are none. */
    private long channels;
    /** The channels of images that were flattened and have met no weights yet. */
    private long flattened;

    private LayerSites(WeightConvention convention) {
        this.convention = convention;
        for (LayerConverter converter : ServiceLoader.load(LayerConverter.class)) {
            if (converter.format().equals(convention.format())) {
                converters.put(converter.layer(), converter);
            }
        }
    }

    static List<LayerSite> of(Layer layer, WeightConvention convention) {
        LayerSites sites = new LayerSites(convention);
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
        follow(layer);
    }

    private LayerSite site(Layer layer, String path, String stored, @Nullable LayerSite original) {
        try {
            List<StoredTensor> tensors = tensors(layer);
            String reason = tensors == null
                    ? convention.format() + " has no layer of this kind, and no LayerConverter is registered for it"
                    : "";
            return new LayerSite(path, stored, layer, original, tensors, reason);
        } catch (LaminaException e) {
            return new LayerSite(path, stored, layer, original, null, String.valueOf(e.getMessage()));
        }
    }

    private @Nullable List<StoredTensor> tensors(Layer layer) {
        LayerConverter own = converters.get(layer.getClass());
        if (own != null) {
            return own.tensors(layer);
        }
        WeightConvention.Arrays known = convention.layers().get(layer.getClass());
        if (known != null) {
            return afterFlatten(layer, known.of(layer));
        }
        return layer.getClass().getPackageName().equals(OWN) ? List.of() : null;
    }

    /** Where the format has the channels last, the rows of a matrix after a flattening are in another order. */
    private List<StoredTensor> afterFlatten(Layer layer, List<StoredTensor> tensors) {
        if (!convention.channelsLast() || flattened == 0) {
            return tensors;
        }
        if (flattened == UNKNOWN || !takesRows(layer)) {
            throw Misfits.unsupported("it follows a Flatten of images whose order in " + convention.format()
                    + " is not known here; only a Dense can follow one of known channels");
        }
        long count = flattened;
        return tensors.stream()
                .map(tensor -> tensor.parts().get(0).parameter().equals("weight")
                        ? tensor.after(Layout.flattened(count))
                        : tensor)
                .toList();
    }

    private static boolean takesRows(Layer layer) {
        return layer instanceof Dense || layer instanceof MyLinear || layer instanceof MyDense;
    }

    private void follow(Layer layer) {
        if (layer instanceof Conv2d convolution) {
            channels = convolution.filters();
        } else if (layer instanceof Conv1d convolution) {
            channels = convolution.filters();
        } else if (layer instanceof ConvTranspose2d convolution) {
            channels = convolution.filters();
        } else if (channels != 0 && (layer instanceof Parallel || layer instanceof Concat)) {
            channels = UNKNOWN;
        } else if (layer instanceof GlobalAveragePool) {
            channels = 0;
        } else if (layer instanceof Flatten) {
            flattened = channels;
            channels = 0;
        } else if (takesRows(layer)) {
            flattened = 0;
        }
    }
}
