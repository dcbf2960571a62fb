package org.lamina.conformance.oracle;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.graph.Graph;
import org.lamina.graph.Node;
import org.lamina.spi.BackendInfo;
import org.lamina.spi.Engine;
import org.lamina.spi.Executable;
import org.lamina.spi.NativeArray;

/**
 * The oracle with samples beside every value, which go from one graph to the next: for computations of many runs, such as training.
 * What is downloaded is the truth; of each floating scalar that was, {@link #scalars} tells how far rounding may have moved it. For
 * one thread.
 */
public final class SampledEngine implements Engine {
    /**
     * A floating scalar that was downloaded.
     *
     * @param value as it came
     * @param truth without rounding
     * @param deviation the root of the mean square deviation of the samples
     */
    public record Scalar(double value, double truth, double deviation) {}

    private final Sampling sampling;
    private final List<Scalar> scalars = new ArrayList<>();

    private SampledEngine(Sampling sampling) {
        this.sampling = sampling;
    }

    /** For computations in a float width, as {@link Spread#of} evaluates them first. */
    public static SampledEngine of(DType width, long seed) {
        return new SampledEngine(new Sampling(width == DType.FLOAT64, Precision.PLAIN, seed, Map.of()));
    }

    /** For the same computation once more, if {@link #hasOpenDecisions} says so. */
    public static SampledEngine deciding(long seed) {
        return new SampledEngine(new Sampling(false, Precision.TWOFOLD, seed, Map.of()));
    }

    /** True if rounding may have decided something that the samples do not show. */
    public boolean hasOpenDecisions() {
        return (sampling.hasOpenDecisions() || sampling.isCurved()) && sampling.scale() != 1;
    }

    /** The floating scalars that were downloaded, in order. */
    public List<Scalar> scalars() {
        return List.copyOf(scalars);
    }

    @Override
    public BackendInfo info() {
        return OracleProvider.INFO;
    }

    @Override
    public NativeArray upload(HostArray array) {
        return new SampledArray(Sampled.exact(OracleTensor.of(array)));
    }

    @Override
    public Executable compile(Graph graph) {
        return new Executable() {
            @Override
            public List<NativeArray> run(List<NativeArray> inputs) {
                return evaluated(graph, inputs);
            }

            @Override
            public void close() {
                // Nothing is held.
            }
        };
    }

    private List<NativeArray> evaluated(Graph graph, List<NativeArray> inputs) {
        Map<Node, Sampled> outputs = new HashMap<>();
        List<Sampled> given = new ArrayList<>();
        for (NativeArray input : inputs) {
            if (!(input instanceof SampledArray array)) {
                throw new LaminaException(
                        ErrorCode.BACKEND_CHOICE,
                        "run: an input is another backend's, so nothing was run. Upload it with this engine.");
            }
            given.add(array.value);
        }
        sampling.runFully(graph, given, (node, value) -> {
            if (graph.outputs().contains(node)) {
                outputs.put(node, value);
            }
        });
        return graph.outputs().stream()
                .<NativeArray>map(output -> new SampledArray(Objects.requireNonNull(outputs.get(output))))
                .toList();
    }

    @Override
    public void close() {
        // Nothing is held.
    }

    private final class SampledArray implements NativeArray {
        private final Sampled value;

        SampledArray(Sampled value) {
            this.value = value;
        }

        @Override
        public TensorType type() {
            return value.truth().type();
        }

        @Override
        public HostArray download() {
            HostArray array = value.truth().toHostArray();
            if (value.truth().isFloating() && value.truth().size() == 1) {
                scalars.add(new Scalar(array.doubleAt(0), value.truth().real(0), value.rms(0) / sampling.scale()));
            }
            return array;
        }

        @Override
        public void close() {
            // The collector frees it.
        }
    }
}
