package org.lamina.io;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.lamina.Arguments;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.layer.Layer;
import org.lamina.layer.LayerProvider;

/**
 * The layers that {@code layer.json} can hold, by name. A file can name nothing but what is registered here. Immutable.
 *
 * <p>A layer is a record; its components are its configuration. They may be {@code long}, {@code int}, {@code double}, {@code
 * boolean}, {@code String}, an enum, {@link org.lamina.Shape}, a layer, or a {@code List} of these. A component may be left out
 * in a file if it is {@code @Nullable}, or if a shorter constructor, whose parameters are the components before it, gives it a
 * default.
 */
public final class LayerRegistry {
    private final Map<String, LayerForm> forms;
    private final Map<Class<?>, LayerForm> byClass;

    private LayerRegistry(Map<String, LayerForm> forms) {
        this.forms = Collections.unmodifiableMap(forms);
        this.byClass = new LinkedHashMap<>();
        forms.values().forEach(form -> byClass.put(form.type(), form));
    }

    /**
     * The layers of every {@link LayerProvider} on the class path: those of {@link org.lamina.layers} and of other libraries.
     *
     * @throws LaminaException if a provider is broken, or two use one name
     */
    public static LayerRegistry standard() {
        try {
            LayerRegistry registry = new LayerRegistry(new TreeMap<>());
            for (LayerProvider provider : ServiceLoader.load(LayerProvider.class)) {
                registry = registry.with(provider.layers());
            }
            return registry;
        } catch (ServiceConfigurationError e) {
            throw new LaminaException(
                    ErrorCode.CONFIGURATION,
                    "layers: a layer provider on the class path is broken (" + e.getMessage()
                            + "), so no layer.json can be read. Repair or remove it.",
                    e);
        }
    }

    /**
     * This registry with one layer more.
     *
     * @param name what its {@code type} is in a file
     * @param type a record class
     * @throws LaminaException if the class is no record, has components that a file cannot hold, or the name is taken
     */
    public LayerRegistry with(String name, Class<? extends Layer> type) {
        Arguments.require(name, "LayerRegistry.with", "name");
        Arguments.require(type, "LayerRegistry.with", "type");
        return with(Map.of(name, type));
    }

    private LayerRegistry with(Map<String, Class<? extends Layer>> layers) {
        Map<String, LayerForm> more = new TreeMap<>(forms);
        layers.forEach((name, type) -> {
            LayerForm taken = more.put(name, LayerForm.of(name, type));
            if (taken != null && taken.type() != type) {
                throw new LaminaException(
                        ErrorCode.CONFIGURATION,
                        "layers: the name " + name + " is registered for "
                                + taken.type().getName() + " and for " + type.getName()
                                + ", and a file could mean either. Choose another name for one.");
            }
        });
        return new LayerRegistry(more);
    }

    /** The registered names, sorted. */
    public Set<String> names() {
        return forms.keySet();
    }

    @Nullable
    LayerForm form(String name) {
        return forms.get(name);
    }

    @Nullable
    LayerForm form(Layer layer) {
        return byClass.get(layer.getClass());
    }
}
