package org.lamina.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.conformance.DisturbedEngine.Run;
import org.lamina.conformance.oracle.OracleProvider;
import org.lamina.spi.Engine;
import org.lamina.spi.Executable;
import org.lamina.spi.NativeArray;

/** Backends that give something else than they computed, or mishandle arrays, threads and memory. */
final class WrongEngines {
    private static final int LEAK = 64 << 10;
    /** Long enough for runs of several threads to overlap. */
    private static final long OVERLAP_NANOSECONDS = 200_000;

    private final List<Mutant> list = new ArrayList<>();

    private WrongEngines() {}

    static List<Mutant> all() {
        WrongEngines wrong = new WrongEngines();
        wrong.addOutputs();
        wrong.addRuns();
        wrong.addArrays();
        return List.copyOf(wrong.list);
    }

    private void outputs(String name, UnaryOperator<HostArray> change) {
        list.add(Mutant.backend(name, () -> new MutantEngine(oracle(), change)));
    }

    private void run(String name, Supplier<Run> runs) {
        list.add(Mutant.backend(name, () -> DisturbedEngine.running(oracle(), runs)));
    }

    private static Engine oracle() {
        return new OracleProvider().open();
    }

    private void addOutputs() {
        outputs("zeros are returned", x -> HostArray.full(x.type(), 0));
        outputs("NaN is returned", x -> mapped(x, value -> Double.NaN));
        outputs("NaN is hidden", x -> mapped(x, value -> Double.isNaN(value) ? 0 : value));
        outputs(
                "infinity is hidden",
                x -> mapped(x, value -> Double.isInfinite(value) ? Math.copySign(1e30, value) : value));
        outputs("the sign of zero is lost", x -> mapped(x, value -> value + 0.0));
        outputs("numbers are off by 1e-6", x -> mapped(x, value -> value * (1 + 1e-6)));
        outputs("float64 is computed in float32", x -> through(x, DType.FLOAT64, DType.FLOAT32));
        outputs("int64 is computed in float64", x -> through(x, DType.INT64, DType.FLOAT64));
        outputs("int32 comes back as int64", x -> x.dtype() == DType.INT32 ? x.cast(DType.INT64) : x);
        outputs("float64 comes back as float32", x -> x.dtype() == DType.FLOAT64 ? x.cast(DType.FLOAT32) : x);
        outputs("an axis is added", x -> x.reshape(Shape.of(1).concat(x.shape())));
        outputs("scalars become vectors", x -> x.shape().rank() == 0 ? x.reshape(Shape.of(1)) : x);
        outputs("two elements are exchanged", x -> x.size() < 2 ? x : exchanged(x));
    }

    private static HostArray mapped(HostArray x, DoubleUnaryOperator function) {
        return x.dtype().isFloating() ? HostArray.generate(x.type(), i -> function.applyAsDouble(x.doubleAt(i))) : x;
    }

    private static HostArray through(HostArray x, DType dtype, DType other) {
        return x.dtype() == dtype ? x.cast(other).cast(dtype) : x;
    }

    private static HostArray exchanged(HostArray x) {
        return HostArray.generate(x.type(), i -> x.doubleAt(i < 2 ? 1 - i : i));
    }

    private void addRuns() {
        run("the results of the call before are returned", WrongEngines::stale);
        run("one output more is returned", () -> (original, inputs) -> {
            List<NativeArray> outputs = new ArrayList<>(original.run(inputs));
            outputs.add(outputs.get(0));
            return outputs;
        });
        run("outputs come in the opposite order", () -> (original, inputs) -> {
            List<NativeArray> outputs = new ArrayList<>(original.run(inputs));
            Collections.reverse(outputs);
            return outputs;
        });
        run("one buffer is returned twice", () -> (original, inputs) -> shared(original.run(inputs)));
        run("an input is returned as an output", () -> (original, inputs) -> aliased(original.run(inputs), inputs));
        run("threads share what they work on", WrongEngines::unguarded);
        run("memory is taken and not freed", WrongEngines::leaking);
    }

    /** Right for the first batch, and for any other of another size. */
    private static Run stale() {
        List<List<HostArray>> first = new ArrayList<>();
        return (original, inputs) -> {
            List<NativeArray> outputs = original.run(inputs);
            List<HostArray> values = outputs.stream().map(NativeArray::download).toList();
            synchronized (first) {
                first.add(values);
                List<TensorType> types = LayerCase.types(values);
                boolean same = types.equals(LayerCase.types(first.get(0)));
                return same ? uploaded(first.get(0)) : outputs;
            }
        };
    }

    private static List<NativeArray> uploaded(List<HostArray> values) {
        Engine engine = oracle();
        return values.stream().map(engine::upload).toList();
    }

    private static List<NativeArray> shared(List<NativeArray> outputs) {
        List<NativeArray> result = new ArrayList<>();
        for (NativeArray output : outputs) {
            HostArray value = output.download();
            result.add(result.stream()
                    .filter(other -> other.download().equals(value))
                    .findFirst()
                    .orElse(output));
        }
        return result;
    }

    private static List<NativeArray> aliased(List<NativeArray> outputs, List<NativeArray> inputs) {
        return outputs.stream()
                .map(output -> inputs.stream()
                        .filter(input -> input.download().equals(output.download()))
                        .findFirst()
                        .orElse(output))
                .toList();
    }

    private static Run unguarded() {
        AtomicReference<List<NativeArray>> current = new AtomicReference<>(List.of());
        return (original, inputs) -> {
            current.set(inputs);
            LockSupport.parkNanos(OVERLAP_NANOSECONDS);
            return original.run(Objects.requireNonNull(current.get()));
        };
    }

    /** Pages of its own, as freed memory of the process may be taken again and hide the leak. */
    private static Run leaking() {
        List<ByteBuffer> kept = Collections.synchronizedList(new ArrayList<>());
        return (original, inputs) -> {
            kept.add(pages());
            return original.run(inputs);
        };
    }

    private static ByteBuffer pages() {
        try {
            Path file = Files.createTempFile("leak", ".bin");
            try (FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE)) {
                return channel.map(FileChannel.MapMode.PRIVATE, 0, LEAK).put(new byte[LEAK]);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void addArrays() {
        list.add(Mutant.backend("closing twice fails", () -> uploading(ClosedOnce::new)));
        list.add(Mutant.backend("closed arrays are read", () -> uploading(NeverClosed::new)));
        list.add(Mutant.backend("uploading goes through float32", () -> uploading(Single::new)));
    }

    private static Engine uploading(UnaryOperator<NativeArray> change) {
        return new DisturbedEngine(oracle(), () -> Executable::run, change);
    }

    private static final class ClosedOnce implements NativeArray {
        private final NativeArray original;
        private boolean closed;

        ClosedOnce(NativeArray original) {
            this.original = original;
        }

        @Override
        public TensorType type() {
            return original.type();
        }

        @Override
        public HostArray download() {
            return original.download();
        }

        @Override
        public void close() {
            if (closed) {
                throw new IllegalStateException("double free");
            }
            closed = true;
            original.close();
        }
    }

    private record NeverClosed(NativeArray original) implements NativeArray {
        @Override
        public TensorType type() {
            return original.type();
        }

        @Override
        public HostArray download() {
            return original.download();
        }

        @Override
        public void close() {
            // The mistake.
        }
    }

    private record Single(NativeArray original) implements NativeArray {
        @Override
        public TensorType type() {
            return original.type();
        }

        @Override
        public HostArray download() {
            return through(original.download(), DType.FLOAT64, DType.FLOAT32);
        }

        @Override
        public void close() {
            original.close();
        }
    }
}
