package org.lamina;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The compiled forms of one model: one for each kind of call and types of inputs. A form good for every batch size is tried
 * first; where the layer asks for the batch size, there is one form for each, the longest unused leaving when there are many.
 */
final class CompiledCache implements AutoCloseable {
    private static final int MOST = 64;

    record Key(Compiled.Mode mode, List<TensorType> types) {}

    interface Compiler {
        Compiled compile(Compiled.Mode mode, List<TensorType> types);
    }

    private final Map<Key, Compiled> forms = new LinkedHashMap<>(16, 0.75f, true);
    private final Set<Key> closedOnly = new HashSet<>();
    private final Compiler compiler;

    CompiledCache(Compiler compiler) {
        this.compiler = compiler;
    }

    /** The compiled form for inputs of some types, to be released after use. */
    synchronized Compiled acquire(Compiled.Mode mode, List<TensorType> types) {
        Key open = new Key(mode, opened(types));
        Compiled form = closedOnly.contains(open) ? null : forms.get(open);
        if (form == null && !closedOnly.contains(open)) {
            form = open.types.equals(types) ? null : tryOpen(open);
        }
        if (form == null) {
            form = forms.computeIfAbsent(new Key(mode, types), key -> compiler.compile(mode, types));
        }
        form.users++;
        evict();
        return form;
    }

    private @Nullable Compiled tryOpen(Key open) {
        try {
            Compiled form = compiler.compile(open.mode, open.types);
            forms.put(open, form);
            return form;
        } catch (LaminaException e) {
            // The layer needs the batch size, or is wrong in a way that closed types will say more clearly.
            closedOnly.add(open);
            return null;
        }
    }

    synchronized void release(Compiled form) {
        form.users--;
        evict();
    }

    private void evict() {
        Iterator<Compiled> oldest = forms.values().iterator();
        while (forms.size() > MOST && oldest.hasNext()) {
            Compiled form = oldest.next();
            if (form.users == 0) {
                form.executable().close();
                oldest.remove();
            }
        }
    }

    /** The types with an open first axis, if all inputs that have axes agree on its size and it is not 0. */
    private static List<TensorType> opened(List<TensorType> types) {
        Set<Long> sizes = new HashSet<>();
        types.stream()
                .map(TensorType::shape)
                .filter(shape -> shape.rank() > 0)
                .forEach(shape -> sizes.add(shape.extent(0)));
        if (sizes.size() != 1 || sizes.contains(0L)) {
            return types;
        }
        List<TensorType> opened = new ArrayList<>();
        for (TensorType type : types) {
            opened.add(type.shape().rank() == 0 ? type : type.with(type.shape().with(0, Shape.BATCH)));
        }
        return List.copyOf(opened);
    }

    @Override
    public synchronized void close() {
        forms.values().forEach(form -> form.executable().close());
        forms.clear();
    }
}
