package org.lamina.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.TensorType;

/** What a layer's model does when it is used for long, and from several threads. */
final class LayerUse {
    private static final String THREADS = "10.9";
    private static final String MEMORY = "10.15";

    private final LayerCase subject;
    private final Backend backend;

    LayerUse(LayerCase subject, Backend backend) {
        this.subject = subject;
        this.backend = backend;
    }

    /** In float32, or in float64 on a backend without it. */
    List<Failure> failures() {
        DType dtype = backend.info().dtypes().contains(DType.FLOAT32) ? DType.FLOAT32 : DType.FLOAT64;
        List<HostArray> inputs = subject.inputs(dtype);
        List<Failure> failures = new ArrayList<>();
        try (Model model = model(inputs, dtype)) {
            check(THREADS, "threads", () -> SideBySide.difference(inputs, model::predict), failures);
            List<HostArray> many = many(inputs, model);
            check(MEMORY, "memory", () -> ResidentMemory.leak(() -> model.predict(many)), failures);
        } catch (RuntimeException | LinkageError e) {
            failures.add(failure(THREADS, "threads", "failed: " + e));
        }
        return failures;
    }

    private Model model(List<HostArray> inputs, DType dtype) {
        return backend.model(subject.layer().get(), dtype).initialize(LayerCase.types(inputs), subject.values(dtype));
    }

    private interface Check {
        Optional<String> run();
    }

    private void check(String rule, String name, Check check, List<Failure> failures) {
        check.run().ifPresent(what -> failures.add(failure(rule, name, what)));
    }

    private Failure failure(String rule, String name, String what) {
        return Failure.of(Specification.load(), rule, backend.info(), subject.name(), name, what, "", subject.seed());
    }

    /** The inputs with so many rows that what a call leaves behind is noticed; as they are if they are no batch. */
    private List<HostArray> many(List<HostArray> inputs, Model model) {
        if (subject.withFewerRows().isEmpty()) {
            return inputs;
        }
        long bytes = bytes(inputs) + bytes(model.predict(inputs));
        long times = ResidentMemory.LEAST_BYTES / Math.max(1, bytes) + 1;
        return inputs.stream().map(x -> Rows.repeat(x, times)).toList();
    }

    private static long bytes(List<HostArray> arrays) {
        Function<TensorType, Long> bytes =
                type -> type.shape().size() * type.dtype().bytes();
        return arrays.stream().map(HostArray::type).mapToLong(bytes::apply).sum();
    }
}
