package org.lamina.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;

/** Which form inputs get. */
class FormCacheTest {
    private static final class Form implements AutoCloseable {
        private final List<TensorType> types;
        private boolean closed;

        private Form(List<TensorType> types) {
            this.types = types;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private final List<Form> compiled = new ArrayList<>();

    private Form compile(List<TensorType> types) {
        compiled.add(new Form(types));
        return compiled.get(compiled.size() - 1);
    }

    private static TensorType floats(long... sizes) {
        return new TensorType(DType.FLOAT32, Shape.of(sizes));
    }

    private static Form form(FormCache<Form> cache, TensorType... types) {
        try (FormCache<Form>.Lease lease = cache.acquire(List.of(types))) {
            return lease.form();
        }
    }

    @Test
    void oneIsForEveryBatchSize() {
        FormCache<Form> cache = new FormCache<>(this::compile);
        Form form = form(cache, floats(2, 3), floats(2), floats());
        assertThat(form.types).containsExactly(floats(Shape.BATCH, 3), floats(Shape.BATCH), floats());
        assertThat(form(cache, floats(7, 3), floats(7), floats())).isSameAs(form);
        assertThat(form(cache, floats(2, 3), floats(2), floats())).isSameAs(form);
        assertThat(compiled).hasSize(1);
    }

    @Test
    void otherTypesHaveTheirOwn() {
        FormCache<Form> cache = new FormCache<>(this::compile);
        form(cache, floats(2, 3));
        List<List<TensorType>> others = List.of(
                List.of(floats(2, 4)),
                List.of(floats(2)),
                List.of(floats(2, 3, 1)),
                List.of(new TensorType(DType.FLOAT64, Shape.of(2, 3))),
                List.of(floats(2, 3), floats(2, 3)),
                List.of(floats(2, 3), floats(5, 3)),
                List.of(floats()),
                List.of());
        for (List<TensorType> types : others) {
            int before = compiled.size();
            Form form = form(cache, types.toArray(TensorType[]::new));
            assertThat(compiled).hasSize(before + 1);
            assertThat(form.types).hasSameSizeAs(types);
            assertThat(form(cache, types.toArray(TensorType[]::new))).isSameAs(form);
        }
    }

    /** Whatever was asked for before. */
    @Test
    void sizesThatDifferOrAreZeroAreClosed() {
        FormCache<Form> cache = new FormCache<>(this::compile);
        form(cache, floats(2, 3), floats(2, 3));
        assertThat(form(cache, floats(2, 3), floats(5, 3)).types).containsExactly(floats(2, 3), floats(5, 3));
        form(cache, floats(2, 3), floats(2, 3));
        assertThat(form(cache, floats(0, 3), floats(0, 3)).types).containsExactly(floats(0, 3), floats(0, 3));
        assertThat(form(cache, floats(1, 3), floats(1, 3)).types)
                .containsExactly(floats(Shape.BATCH, 3), floats(Shape.BATCH, 3));
    }

    @Test
    void aComputationThatAsksForItsBatchSizeHasOneForEach() {
        FormCache<Form> cache = new FormCache<>(types -> {
            if (types.get(0).shape().isOpen()) {
                throw new LaminaException(ErrorCode.BATCH_OPEN, "it is asked for");
            }
            return compile(types);
        });
        Form two = form(cache, floats(2, 3));
        Form five = form(cache, floats(5, 3));
        assertThat(five).isNotSameAs(two);
        assertThat(form(cache, floats(2, 3))).isSameAs(two);
        assertThat(form(cache, floats(5, 3))).isSameAs(five);
        assertThat(two.types).containsExactly(floats(2, 3));
    }

    @Test
    void whatIsInUseIsNotClosed() {
        FormCache<Form> cache = new FormCache<>(this::compile);
        Form unused = form(cache, floats(1, 1));
        FormCache<Form>.Lease lease = cache.acquire(List.of(floats(1, 2)));
        cache.close();
        assertThat(unused.closed).isTrue();
        assertThat(lease.form().closed).isFalse();
        lease.close();
        cache.close();
        assertThat(lease.form().closed).isTrue();
        assertThat(form(cache, floats(1, 1))).isNotSameAs(unused);
    }
}
