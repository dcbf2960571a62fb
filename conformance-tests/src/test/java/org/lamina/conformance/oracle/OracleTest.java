package org.lamina.conformance.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.Graph;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.MatMul;
import org.lamina.graph.Node;
import org.lamina.graph.Unary;
import org.lamina.spi.Engine;
import org.lamina.spi.Executable;
import org.lamina.spi.NativeArray;

class OracleTest {
    private final GraphBuilder builder = new GraphBuilder();

    @Test
    void float32IsNotRoundedBetweenOps() {
        Node x = builder.input("x", new TensorType(DType.FLOAT32, Shape.scalar()));
        Graph graph = Graph.of(List.of(x), List.of(builder.div(x, builder.scalar(3, x))));

        OracleTensor y = Oracle.evaluate(graph, List.of(HostArray.of(Shape.scalar(), 1f)))
                .get(0);

        assertThat(y.doubleAt(0)).isEqualTo(1.0 / 3);
        assertThat(y.toHostArray()).isEqualTo(HostArray.of(Shape.scalar(), 1f / 3));
    }

    @Test
    void float32HasTheRangeOfFloat32() {
        Node x = builder.input("x", new TensorType(DType.FLOAT32, Shape.of(2)));
        Node exp = builder.apply(Unary.EXP, x);
        Graph graph = Graph.of(List.of(x), List.of(builder.div(builder.scalar(1, x), exp)));

        OracleTensor y = Oracle.evaluate(graph, List.of(HostArray.of(Shape.of(2), 89f, -104f)))
                .get(0);

        assertThat(y.doubleAt(0)).isEqualTo(0);
        assertThat(y.doubleAt(1)).isInfinite();
    }

    @Test
    void sumsLoseNothing() {
        Node x = builder.input("x", new TensorType(DType.FLOAT64, Shape.of(1, 4)));
        Node y = builder.input("y", new TensorType(DType.FLOAT64, Shape.of(4, 1)));
        Graph graph =
                Graph.of(List.of(x, y), List.of(builder.sum(x, List.of(1), false), builder.apply(new MatMul(), x, y)));
        HostArray values = HostArray.of(Shape.of(1, 4), 1e16, 1, -1e16, 1e-3);
        HostArray ones = HostArray.of(Shape.of(4, 1), 1.0, 1, 1, 1);

        List<OracleTensor> outputs = Oracle.evaluate(graph, List.of(values, ones));

        assertThat(outputs.get(0).doubleAt(0)).isEqualTo(1.001);
        assertThat(outputs.get(1).doubleAt(0)).isEqualTo(1.001);
    }

    @Test
    void samplesStayWithinTheLocalErrorAndLeaveExactResultsAlone() {
        Node x = builder.input("x", new TensorType(DType.FLOAT32, Shape.of(2)));
        Graph graph = Graph.of(List.of(x), List.of(builder.mul(x, x)));
        HostArray values = HostArray.of(Shape.of(2), 1.1f, 3f);
        Spread product =
                Spread.of(graph, List.of(values), 1, Map.of(), node -> {}).get(0);

        assertThat(product.truth().doubleAt(0)).isEqualTo((double) 1.1f * 1.1f);
        assertThat(product.deviation(0)).isBetween(1.21 * 0.5 * 0x1p-24, 1.21 * 0x1p-24);
        assertThat(product.deviation(1)).isZero();
    }

    @Test
    void isABackendNamedReference() {
        Node x = builder.input("x", new TensorType(DType.INT64, Shape.of(Shape.BATCH)));
        Graph graph = Graph.of(List.of(x), List.of(builder.add(x, x)));
        try (Engine engine = new OracleProvider().open();
                Executable executable = engine.compile(graph);
                NativeArray input = engine.upload(HostArray.of(Shape.of(1), (1L << 53) + 1))) {
            assertThat(engine.info().name()).isEqualTo("reference");
            assertThat(executable.run(List.of(input)).get(0).download())
                    .isEqualTo(HostArray.of(Shape.of(1), (1L << 54) + 2));
        }
    }
}
