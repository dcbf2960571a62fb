package org.lamina.port;

import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lamina.layer.Layer;

/** The layers that a layer's record holds, named as layers call them: by component, or by position in a list. */
final class ChildLayers {
    private ChildLayers() {}

    static Map<String, Layer> of(Layer layer) {
        Map<String, Layer> children = new LinkedHashMap<>();
        RecordComponent[] components = layer.getClass().getRecordComponents();
        for (RecordComponent component : components == null ? new RecordComponent[0] : components) {
            Object value = value(layer, component);
            if (value instanceof Layer child) {
                children.put(component.getName(), child);
            } else if (value instanceof List<?> list) {
                for (int i = 0; i < list.size(); i++) {
                    if (list.get(i) instanceof Layer child) {
                        children.put(Integer.toString(i), child);
                    }
                }
            }
        }
        return children;
    }

    static Object value(Layer layer, RecordComponent component) {
        try {
            component.getAccessor().setAccessible(true);
            Object value = component.getAccessor().invoke(layer);
            return value == null ? "" : value;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a record has accessors", e);
        }
    }
}
