package org.lamina.cli;

import java.io.PrintWriter;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.lamina.TensorType;
import org.lamina.layer.Layer;

/**
 * A layer and those in it, one a line, with what it is configured with; below each layer its own parameters. The children of a
 * record are its components that are layers, or lists of them, and are named as layers usually call them: by component or
 * position. A parameter whose path fits no child stands at the end.
 */
final class LayerTree {
    private final Table table = new Table();
    private final Map<String, TensorType> rest;
    private final Map<String, TensorType> parameters;
    private final Set<String> frozen;
    private final IdentityHashMap<Layer, String> seen = new IdentityHashMap<>();

    /** @param frozen paths of parameters that are kept from training */
    LayerTree(Layer layer, Map<String, TensorType> parameters, Set<String> frozen) {
        this.parameters = parameters;
        this.frozen = frozen;
        this.rest = new LinkedHashMap<>(parameters);
        add(layer, "", "", "");
    }

    void print(PrintWriter out) {
        rest.forEach((path, type) -> row(path, type, ""));
        table.print(out);
        out.println(
                parameters.isEmpty()
                        ? "no parameters are known yet: --input-shape tells the shapes of those it has"
                        : ParameterTable.total(parameters));
        out.flush();
    }

    private void add(Layer layer, String path, String first, String next) {
        String shared = seen.putIfAbsent(layer, path.isEmpty() ? "the whole" : path);
        table.row(first + name(layer, path) + (shared == null ? "" : ", the same as " + shared));
        if (shared != null) {
            return;
        }
        Map<String, Layer> children = children(layer);
        String prefix = path.isEmpty() ? "" : path + ".";
        for (Map.Entry<String, TensorType> parameter : List.copyOf(rest.entrySet())) {
            String name = parameter.getKey();
            if (name.startsWith(prefix) && name.indexOf('.', prefix.length()) < 0) {
                rest.remove(name);
                row(name, parameter.getValue(), next + (children.isEmpty() ? "   " : "│  "));
            }
        }
        int left = children.size();
        for (Map.Entry<String, Layer> child : children.entrySet()) {
            boolean last = --left == 0;
            add(
                    child.getValue(),
                    prefix + child.getKey(),
                    next + (last ? "└─ " : "├─ "),
                    next + (last ? "   " : "│  "));
        }
    }

    private void row(String path, TensorType type, String indent) {
        List<String> cells = new ArrayList<>(
                List.of(indent + path, type.dtype().toString(), type.shape().toString(), ParameterTable.count(type)));
        if (frozen.contains(path)) {
            cells.add("frozen");
        }
        table.row(cells);
    }

    private static String name(Layer layer, String path) {
        List<String> settings = new ArrayList<>();
        components(layer).forEach((name, value) -> {
            if (!(value instanceof Layer)
                    && !(value instanceof List<?> list && !layers(list).isEmpty())) {
                settings.add(name + "=" + value);
            }
        });
        String type = layer.getClass().getSimpleName();
        String last = path.substring(path.lastIndexOf('.') + 1);
        return (last.isEmpty() ? "" : last + " ")
                + type
                + (settings.isEmpty() ? "" : "(" + String.join(", ", settings) + ")");
    }

    private static Map<String, Layer> children(Layer layer) {
        Map<String, Layer> children = new LinkedHashMap<>();
        components(layer).forEach((name, value) -> {
            if (value instanceof Layer child) {
                children.put(name, child);
            } else if (value instanceof List<?> list) {
                layers(list).forEach((index, child) -> children.put(Integer.toString(index), child));
            }
        });
        return children;
    }

    private static Map<Integer, Layer> layers(List<?> list) {
        Map<Integer, Layer> layers = new TreeMap<>();
        for (int i = 0; i < list.size(); i++) {
            if (list.get(i) instanceof Layer layer) {
                layers.put(i, layer);
            }
        }
        return layers;
    }

    private static Map<String, Object> components(Layer layer) {
        Map<String, Object> components = new LinkedHashMap<>();
        RecordComponent[] declared = layer.getClass().getRecordComponents();
        for (RecordComponent component : declared == null ? new RecordComponent[0] : declared) {
            try {
                component.getAccessor().setAccessible(true);
                Object value = component.getAccessor().invoke(layer);
                if (value != null) {
                    components.put(component.getName(), value);
                }
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("a record has accessors", e);
            }
        }
        return components;
    }
}
