package org.lamina.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.Graph;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.Node;
import org.lamina.spi.Executable;
import org.lamina.spi.NativeArray;

/** ND4J's own sums are as naive as the adapter says. */
class Dl4jLongSumsTest {
    private static final int COUNT = 100_000;
    private static final TensorType TYPE = new TensorType(DType.FLOAT32, Shape.of(COUNT));

    private final Dl4jEngine engine = new Dl4jEngine();

    /** In units of u times the sum. */
    private double error(Function<Graph, Executable> compiler) {
        GraphBuilder builder = new GraphBuilder();
        Node x = builder.input("x", TYPE);
        Graph graph = Graph.of(List.of(x), List.of(builder.sum(x, List.of(0), false)));
        try (Executable executable = compiler.apply(graph);
                NativeArray given = engine.upload(HostArray.full(TYPE, 1.1f));
                NativeArray sum = executable.run(List.of(given)).get(0)) {
            double exact = (double) 1.1f * COUNT;
            return Math.abs(sum.download().doubleAt(0) - exact) / exact * 0x1p24;
        }
    }

    @Test
    void areComputedInBlocks() {
        assertThat(error(engine::compile)).isLessThanOrEqualTo(64);
    }

    @Test
    void wouldBeWrongOtherwise() {
        assertThat(error(engine::whole)).isGreaterThan(1000);
    }
}
