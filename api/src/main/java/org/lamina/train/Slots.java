package org.lamina.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.spi.Engine;
import org.lamina.spi.NativeArray;

/** What an optimizer remembers of each parameter, in native memory, which this owns. */
final class Slots implements AutoCloseable {
    private final Engine engine;
    private final List<String> names;
    private final Map<String, List<NativeArray>> arrays = new LinkedHashMap<>();

    Slots(Engine engine, List<String> names) {
        this.engine = engine;
        this.names = List.copyOf(names);
    }

    /** The number of slots that each parameter has. */
    int count() {
        return names.size();
    }

    /** What is remembered of the parameter at a path, in the order of the names; zeros at first. */
    List<NativeArray> of(String path, TensorType type) {
        List<NativeArray> slots = arrays.get(path);
        if (slots == null) {
            slots = upload(names.stream().map(name -> HostArray.full(type, 0)).toList());
            arrays.put(path, slots);
        }
        for (int i = 0; i < slots.size(); i++) {
            requireType(path, slots.get(i), type);
        }
        return slots;
    }

    private static void requireType(String path, NativeArray slot, TensorType type) {
        if (!slot.type().equals(type)) {
            throw new LaminaException(
                    ErrorCode.SHAPE,
                    "training: parameter " + path + " is " + type + " and was " + slot.type()
                            + " when the trainer began. Make a new trainer when a model is initialised anew.");
        }
    }

    /** Takes the new arrays of a path, which are those of a list from some place on, and closes the old ones. */
    void replace(String path, List<NativeArray> results, int from) {
        if (names.isEmpty()) {
            return;
        }
        List<NativeArray> old = arrays.put(path, List.copyOf(results.subList(from, from + names.size())));
        if (old != null) {
            old.forEach(NativeArray::close);
        }
    }

    /** All of them, by path. */
    Map<String, List<HostArray>> download() {
        Map<String, List<HostArray>> all = new LinkedHashMap<>();
        arrays.forEach((path, slots) ->
                all.put(path, slots.stream().map(NativeArray::download).toList()));
        return all;
    }

    /** Replaces all of them. */
    void restore(Map<String, List<HostArray>> saved) {
        close();
        saved.forEach((path, values) -> arrays.put(path, upload(values)));
    }

    /** Uploads all or, if that fails, none. */
    private List<NativeArray> upload(List<HostArray> values) {
        List<NativeArray> uploaded = new ArrayList<>();
        try {
            values.forEach(value -> uploaded.add(engine.upload(value)));
        } catch (RuntimeException | Error e) {
            uploaded.forEach(NativeArray::close);
            throw e;
        }
        return List.copyOf(uploaded);
    }

    @Override
    public void close() {
        arrays.values().forEach(slots -> slots.forEach(NativeArray::close));
        arrays.clear();
    }
}
