package org.lamina.port;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.io.Bundle;
import org.lamina.io.Safetensors;
import org.lamina.layer.Layer;

/** Turns the weights of a model into those that a format calls for, and back. */
final class WeightMapping {
    private static final String CONVERT = "Correct the model, or register a LayerConverter for a layer of your own.";

    private final WeightConvention convention;
    private final Layer layer;
    private final List<LayerSite> sites;

    WeightMapping(Layer layer, WeightConvention convention) {
        this(layer, convention, Map.of());
    }

    /** @param flattened by the path of a Dense, the channels that were flattened before it, where the format has them last */
    WeightMapping(Layer layer, WeightConvention convention, Map<String, Long> flattened) {
        this.convention = convention;
        this.layer = layer;
        this.sites = LayerSites.of(layer, convention, flattened);
    }

    /** The format's arrays of a model; the names of a shared layer's arrays, with those they are stored under, as metadata. */
    Safetensors store(Safetensors own) {
        Map<String, HostArray> rest = new LinkedHashMap<>(own.tensors());
        Map<String, HostArray> stored = new LinkedHashMap<>();
        Map<String, String> aliases = new LinkedHashMap<>();
        Misfits misfits = new Misfits();
        for (LayerSite site : sites) {
            List<StoredTensor> tensors = site.tensors();
            if (tensors == null) {
                continue;
            }
            for (StoredTensor tensor : tensors) {
                String name = convention.tensor(site.stored(), tensor.name());
                if (site.original() != null) {
                    aliases.put(name, convention.tensor(site.original().stored(), tensor.name()));
                } else {
                    store(site, tensor, name, own.tensors(), stored, misfits);
                    tensor.parts().forEach(part -> rest.remove(site.path(part.parameter())));
                }
            }
        }
        rest.forEach((path, value) -> misfits.add(path, unclaimed(path)));
        misfits.requireNone("the model does not go into " + convention.format(), CONVERT);
        return new Safetensors(stored, aliases);
    }

    private void store(
            LayerSite site,
            StoredTensor tensor,
            String name,
            Map<String, HostArray> own,
            Map<String, HostArray> stored,
            Misfits misfits) {
        List<HostArray> values = new ArrayList<>();
        for (StoredTensor.Part part : tensor.parts()) {
            HostArray value = own.get(site.path(part.parameter()));
            if (value == null) {
                misfits.add(site.path(part.parameter()), "the model has no such value, and " + name + " needs it");
                return;
            }
            values.add(value);
        }
        if (values.stream().anyMatch(value -> !value.type().equals(values.get(0).type()))) {
            misfits.add(site.toString(), name + " holds parameters of one shape, and these differ");
            return;
        }
        try {
            stored.put(name, tensor.store(values));
        } catch (LaminaException e) {
            misfits.add(site.toString(), name + " cannot hold its parameters: " + e.getMessage());
        }
    }

    /** Why no array of the format holds a parameter. */
    private String unclaimed(String path) {
        LayerSite owner = null;
        for (LayerSite site : sites) {
            boolean above = site.path().isEmpty() || path.startsWith(site.path() + ".");
            owner = above
                            && (owner == null
                                    || site.path().length() >= owner.path().length())
                    ? site
                    : owner;
        }
        if (owner == null) {
            return "no layer of the model is there";
        }
        return owner.tensors() == null
                ? "layer " + owner + ": " + owner.reason()
                : "layer " + owner + " has no such parameter in " + convention.format();
    }

    List<LayerSite> sites() {
        return sites;
    }

    /**
     * The model's weights out of the format's arrays.
     *
     * @param misfits with what is known not to fit already
     * @throws LaminaException that lists all that does not fit
     */
    Bundle load(String file, Map<String, HostArray> given, Misfits misfits) {
        Map<String, HostArray> rest = new LinkedHashMap<>();
        given.forEach((name, value) -> {
            String canonical = convention.canonical(name);
            if (!canonical.isEmpty() && rest.put(canonical, value) != null) {
                misfits.add(name, "is in the file twice, under another spelling of " + canonical + " too");
            }
        });
        Map<String, HostArray> all = Map.copyOf(rest);
        Map<String, HostArray> own = new LinkedHashMap<>();
        Map<String, String> aliases = new LinkedHashMap<>();
        for (LayerSite site : sites) {
            if (site.original() != null) {
                requireEqual(site, site.original(), all, misfits);
            }
            load(site, rest, own, aliases, misfits);
        }
        rest.forEach((name, value) ->
                misfits.add(name, value.type() + " is in the file, and no layer of the architecture takes it"));
        misfits.requireNone(
                file + ": its weights do not fit the architecture", "Give the architecture of these weights.");
        return new Bundle(layer, new Safetensors(own, aliases));
    }

    /** A layer that stands at two places has one value, whatever the file calls it. */
    private void requireEqual(LayerSite site, LayerSite original, Map<String, HostArray> all, Misfits misfits) {
        for (StoredTensor tensor : site.tensors() == null ? List.<StoredTensor>of() : site.tensors()) {
            String name = convention.tensor(site.stored(), tensor.name());
            String first = convention.tensor(original.stored(), tensor.name());
            HostArray value = all.get(name);
            HostArray other = all.get(first);
            if (value != null && other != null && !value.equals(other)) {
                misfits.add(
                        name,
                        "differs from " + first + " in the file, and layer " + site + " shares the values of layer "
                                + original);
            }
        }
    }

    private void load(
            LayerSite site,
            Map<String, HostArray> rest,
            Map<String, HostArray> own,
            Map<String, String> aliases,
            Misfits misfits) {
        List<StoredTensor> tensors = site.tensors();
        LayerSite original = site.original();
        if (tensors == null) {
            String prefix = convention.tensor(site.stored(), "");
            if (!site.reason().isEmpty() && rest.keySet().removeIf(name -> name.startsWith(prefix))) {
                misfits.add("layer " + site, site.reason());
            }
            return;
        }
        for (StoredTensor tensor : tensors) {
            String name = convention.tensor(site.stored(), tensor.name());
            HostArray stored = rest.remove(name);
            if (original != null) {
                tensor.parts()
                        .forEach(part -> aliases.put(site.path(part.parameter()), original.path(part.parameter())));
            } else if (stored == null) {
                misfits.add(name, "is missing from the file, and layer " + site + " needs it");
            } else {
                load(site, tensor, name, stored, own, misfits);
            }
        }
    }

    private static void load(
            LayerSite site,
            StoredTensor tensor,
            String name,
            HostArray stored,
            Map<String, HostArray> own,
            Misfits misfits) {
        try {
            if (!stored.dtype().isFloating()) {
                misfits.add(name, "is " + stored.type() + ", and layer " + site + " needs floats");
                return;
            }
            List<HostArray> values = tensor.load(stored);
            for (int i = 0; i < values.size(); i++) {
                put(site, tensor.parts().get(i), name, values.get(i), own, misfits);
            }
        } catch (LaminaException e) {
            misfits.add(name, "does not fit layer " + site + ": " + e.getMessage());
        }
    }

    private static void put(
            LayerSite site,
            StoredTensor.Part part,
            String name,
            HostArray value,
            Map<String, HostArray> own,
            Misfits misfits) {
        String path = site.path(part.parameter());
        HostArray known = own.get(path);
        if (!part.added() || known == null) {
            own.put(path, value);
        } else if (known.type().equals(value.type())) {
            own.put(path, Elements.add(known, value));
        } else {
            misfits.add(name, "gives " + value.type() + " for " + path + ", which is " + known.type());
        }
    }
}
