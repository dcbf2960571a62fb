package org.lamina.spi;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;

/**
 * Compiled forms of one computation, for the types of inputs they were asked for. A form good for every batch size is tried
 * first; where the computation asks for the batch size, there is one form for each, the longest unused leaving when there are
 * many. For many threads.
 *
 * @param <F> what is compiled
 */
public final class FormCache<F extends AutoCloseable> implements AutoCloseable {
    private static final int MOST = 64;

    /** Compiles a form for inputs of some types, perhaps open in their first axis. */
    @FunctionalInterface
    public interface Compiler<F> {
        /** Compiles, or throws a {@link LaminaException} if these types do not do. */
        F compile(List<TensorType> types);
    }

    /** The use of a form; it is not closed before its uses are. */
    public final class Lease implements AutoCloseable {
        private final Entry<F> entry;

        private Lease(Entry<F> entry) {
            this.entry = entry;
        }

        /** The form. */
        public F form() {
            return entry.form;
        }

        @Override
        public void close() {
            synchronized (FormCache.this) {
                entry.users--;
                evict(MOST);
            }
        }
    }

    private static final class Entry<F> {
        private final F form;
        private int users;

        private Entry(F form) {
            this.form = form;
        }
    }

    private final Map<List<TensorType>, Entry<F>> forms = new LinkedHashMap<>(16, 0.75f, true);
    private final Set<List<TensorType>> closedOnly = new HashSet<>();
    private final Compiler<F> compiler;
    /** What was last asked for, and the key of the form that was found: mostly the same is asked for again. */
    private List<TensorType> lastTypes = List.of();

    private List<TensorType> lastKey = List.of();

    /** An empty cache. */
    public FormCache(Compiler<F> compiler) {
        this.compiler = compiler;
    }

    /** The form for inputs of some types, compiled if need be. */
    public synchronized Lease acquire(List<TensorType> types) {
        Entry<F> entry = types.equals(lastTypes) ? forms.get(lastKey) : null;
        if (entry == null) {
            entry = find(List.copyOf(types));
        }
        entry.users++;
        evict(MOST);
        return new Lease(entry);
    }

    private Entry<F> find(List<TensorType> types) {
        List<TensorType> open = opened(types);
        Entry<F> entry = closedOnly.contains(open) ? null : forms.get(open);
        if (entry == null && !open.equals(types) && !closedOnly.contains(open)) {
            entry = tryOpen(open);
        }
        lastTypes = types;
        lastKey = entry == null ? types : open;
        return entry == null ? forms.computeIfAbsent(types, key -> new Entry<>(compiler.compile(types))) : entry;
    }

    private @Nullable Entry<F> tryOpen(List<TensorType> open) {
        try {
            Entry<F> entry = new Entry<>(compiler.compile(open));
            forms.put(open, entry);
            return entry;
        } catch (LaminaException e) {
            // The batch size is needed, or something is wrong that closed types will say more clearly.
            closedOnly.add(open);
            return null;
        }
    }

    private void evict(int most) {
        if (forms.size() <= most) {
            return;
        }
        Iterator<Entry<F>> oldest = forms.values().iterator();
        while (forms.size() > most && oldest.hasNext()) {
            Entry<F> entry = oldest.next();
            if (entry.users == 0) {
                close(entry.form);
                oldest.remove();
            }
        }
    }

    private static void close(AutoCloseable form) {
        try {
            form.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
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

    /** Closes all forms that are not in use, which is all of them if nobody calls any more. */
    @Override
    public synchronized void close() {
        evict(0);
        closedOnly.clear();
    }
}
