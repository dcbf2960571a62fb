package org.lamina.spi;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
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

    /** A form in use, which is not closed before all its uses are; closing this ends one of them. */
    public final class Lease implements AutoCloseable {
        private final F form;
        private int users;

        private Lease(F form) {
            this.form = form;
        }

        /** The form. */
        public F form() {
            return form;
        }

        @Override
        public void close() {
            synchronized (FormCache.this) {
                users--;
                evict(most);
            }
        }
    }

    private final Map<List<TensorType>, Lease> forms = new LinkedHashMap<>(16, 0.75f, true);
    private final Set<List<TensorType>> closedOnly = new HashSet<>();
    private final Compiler<F> compiler;
    private final int most;
    /** The key of the form that was last asked for: mostly it is asked for again. */
    private List<TensorType> lastKey = List.of();

    /** An empty cache. */
    public FormCache(Compiler<F> compiler) {
        this(compiler, MOST);
    }

    /**
     * An empty cache.
     *
     * @param most so many forms are kept that are not in use
     */
    public FormCache(Compiler<F> compiler, int most) {
        this.compiler = compiler;
        this.most = most;
    }

    /** The form for inputs of some types, compiled if need be. */
    public Lease acquire(List<TensorType> types) {
        return acquire(types, Function.identity());
    }

    /**
     * The form for some inputs, compiled if need be.
     *
     * @param type an input's type
     */
    public synchronized <A> Lease acquire(List<A> inputs, Function<? super A, TensorType> type) {
        Lease lease = areLast(inputs, type) ? forms.get(lastKey) : null;
        if (lease == null) {
            lease = find(inputs.stream().map(type).toList());
        }
        lease.users++;
        evict(most);
        return lease;
    }

    /** By index: this runs in every call of a model, and a list of types or an iterator is garbage. */
    private <A> boolean areLast(List<A> inputs, Function<? super A, TensorType> type) {
        long batch = batch(inputs, type);
        boolean same = inputs.size() == lastKey.size() && batch != 0;
        for (int i = 0; same && i < inputs.size(); i++) {
            same = isBound(lastKey.get(i), type.apply(inputs.get(i)), batch);
        }
        return same;
    }

    /** The size of the first axis that there is. */
    private static <A> long batch(List<A> inputs, Function<? super A, TensorType> type) {
        for (int i = 0; i < inputs.size(); i++) {
            Shape shape = type.apply(inputs.get(i)).shape();
            if (shape.rank() > 0) {
                return shape.extent(0);
            }
        }
        return Shape.BATCH;
    }

    /** True if a type with this batch size for its open ones is the other. */
    private static boolean isBound(TensorType key, TensorType type, long batch) {
        boolean same = key.dtype() == type.dtype()
                && key.shape().rank() == type.shape().rank();
        for (int axis = 0; same && axis < key.shape().rank(); axis++) {
            long size = key.shape().extent(axis);
            same = type.shape().extent(axis) == (size == Shape.BATCH ? batch : size);
        }
        return same;
    }

    private Lease find(List<TensorType> types) {
        List<TensorType> open = opened(types);
        Lease lease = closedOnly.contains(open) ? null : forms.get(open);
        if (lease == null && !open.equals(types) && !closedOnly.contains(open)) {
            lease = tryOpen(open);
        }
        lastKey = lease == null ? types : open;
        return lease == null ? forms.computeIfAbsent(types, key -> new Lease(compiler.compile(types))) : lease;
    }

    private @Nullable Lease tryOpen(List<TensorType> open) {
        try {
            Lease lease = new Lease(compiler.compile(open));
            forms.put(open, lease);
            return lease;
        } catch (LaminaException e) {
            // The batch size is needed, or something is wrong that closed types will say more clearly.
            closedOnly.add(open);
            return null;
        }
    }

    private void evict(int kept) {
        if (forms.size() <= kept) {
            return;
        }
        Iterator<Lease> oldest = forms.values().iterator();
        while (forms.size() > kept && oldest.hasNext()) {
            Lease lease = oldest.next();
            if (lease.users == 0) {
                close(lease.form);
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
