package org.lamina.spi;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The value of each node of a graph while it runs. */
final class Values<T> {
    private final List<@Nullable T> values;

    Values(int count) {
        values = new ArrayList<>(Collections.nCopies(count, null));
    }

    T get(int index) {
        return Objects.requireNonNull(values.get(index));
    }

    void set(int index, T value) {
        values.set(index, value);
    }
}
