package org.lamina.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.conformance.oracle.Oracle;
import org.lamina.conformance.oracle.OracleTensor;
import org.lamina.graph.Graph;
import org.lamina.graph.Node;
import org.lamina.spi.Engine;

/**
 * How far the sums of a kernel are off on a backend.
 *
 * @param error the greatest, in units of u times the sum of the terms' magnitudes, with u the unit roundoff
 * @param share the greatest, in units of the derived bound
 */
record SumErrors(String backend, DType dtype, SumKernel kernel, SumData data, long n, double error, double share) {
    private static final int SEED = 7;

    /** What is expected of a kernel on some data, worked out once for all backends. */
    record Subject(
            SumKernel kernel,
            SumData data,
            DType dtype,
            long n,
            Graph graph,
            List<HostArray> inputs,
            Expected expected,
            OracleTensor magnitudes) {
        static Subject of(SumKernel kernel, SumData data, DType dtype, long n) {
            return of(kernel, data, dtype, n, Map.of());
        }

        static Subject of(SumKernel kernel, SumData data, DType dtype, long n, Map<String, Long> sequential) {
            Graph graph = kernel.maker().graph(n, dtype);
            List<HostArray> inputs = new ArrayList<>();
            for (Node input : graph.inputs()) {
                inputs.add(data.of(input.type(), SEED + inputs.size()));
            }
            List<HostArray> sizes = inputs.stream()
                    .map(x -> HostArray.generate(x.type(), i -> Math.abs(x.doubleAt(i))))
                    .toList();
            Expected expected =
                    Tolerance.derive(graph, inputs, SEED, sequential).get(0);
            return new Subject(
                    kernel,
                    data,
                    dtype,
                    n,
                    graph,
                    inputs,
                    expected,
                    Oracle.evaluate(graph, sizes).get(0));
        }

        SumErrors on(Engine engine) {
            HostArray got = EngineRun.of(engine, graph, inputs).get(0);
            double unit = dtype == DType.FLOAT32 ? 0x1p-24 : 0x1p-53;
            double error = 0;
            for (int i = 0; i < got.size(); i++) {
                double distance = Math.abs(got.doubleAt(i) - expected.truth().doubleAt(i));
                error = Math.max(error, distance == 0 ? 0 : distance / (unit * magnitudes.doubleAt(i)));
            }
            return new SumErrors(engine.info().name(), dtype, kernel, data, n, error, share(engine, got));
        }

        private double share(Engine engine, HostArray got) {
            double share = Measurement.of(expected, got).units();
            Map<String, Long> known =
                    KnownErrors.load().sequential(engine.info().name(), dtype);
            boolean is = graph.nodes().stream()
                    .anyMatch(node -> known.containsKey(node.op().kind()));
            return share > 0.5 && is
                    ? Measurement.of(of(kernel, data, dtype, n, known).expected(), got)
                            .units()
                    : share;
        }
    }

    /** As a line of a table, its fields separated by tabs. */
    String row() {
        return String.format(
                Locale.ROOT, "%s\t%s\t%s\t%s\t%d\t%.3g\t%.3g", backend, dtype, kernel, data, n, error, share);
    }
}
