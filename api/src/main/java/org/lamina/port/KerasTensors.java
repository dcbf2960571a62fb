package org.lamina.port;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lamina.io.Json;

/**
 * What one call of a layer takes.
 *
 * @param keys of the calls whose outputs it takes
 * @param shape of the first, -1 where a size is not known; empty if it is not told
 * @param doubts arguments that layers here do not have
 */
record KerasTensors(List<String> keys, List<Long> shape, List<String> doubts) {
    /** What names a call: the layer, and which of its calls it is. */
    static String key(String layer, int call) {
        return layer + "#" + call;
    }

    /** The calls in {@code input_layers} or {@code output_layers}: one as a list of name, call and output, or a list of these. */
    static List<String> names(@Nullable Json value) {
        List<String> names = new ArrayList<>();
        if (value instanceof Json.Elements list) {
            if (list.values().size() == 3 && list.values().get(0) instanceof Json.Text name) {
                names.add(key(name.value(), (int)
                        Double.parseDouble(KerasSettings.text(list.values().get(1)))));
            } else {
                list.values().forEach(element -> names.addAll(names(element)));
            }
        } else if (value instanceof Json.Fields object) {
            object.values().values().forEach(element -> names.addAll(names(element)));
        }
        return names;
    }

    static KerasTensors of(Json node) {
        List<String> keys = new ArrayList<>();
        List<Long> shape = new ArrayList<>();
        List<String> doubts = new ArrayList<>();
        KerasSettings call = KerasSettings.of(node);
        collect(call.fields().get("args"), keys, shape);
        call.object("kwargs").fields().forEach((name, value) -> {
            int before = keys.size();
            collect(value, keys, shape);
            if (keys.size() > before
                    ? name.contains("mask")
                    : !List.of("null", "false").contains(KerasSettings.text(value))) {
                doubts.add("it is called with " + name + (keys.size() > before ? "" : " " + KerasSettings.text(value))
                        + ", which layers here do not take");
            }
        });
        return new KerasTensors(keys, shape, doubts);
    }

    private static void collect(@Nullable Json value, List<String> keys, List<Long> shape) {
        if (value instanceof Json.Elements list) {
            list.values().forEach(element -> collect(element, keys, shape));
        } else if (value instanceof Json.Fields object) {
            KerasSettings tensor = KerasSettings.of(object);
            if (tensor.text("class_name").equals("__keras_tensor__")) {
                if (shape.isEmpty()) {
                    shape.addAll(tensor.object("config").numbers("shape"));
                }
                keys.addAll(names(tensor.object("config").fields().get("keras_history")));
            } else {
                object.values().values().forEach(element -> collect(element, keys, shape));
            }
        }
    }

    /** The outputs that are taken. */
    List<ModelStep> of(Map<String, List<ModelStep>> outputs) {
        List<ModelStep> taken = new ArrayList<>();
        keys.forEach(key -> taken.addAll(outputs.getOrDefault(key, List.of())));
        return taken;
    }
}
