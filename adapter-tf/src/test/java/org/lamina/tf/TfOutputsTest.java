package org.lamina.tf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.Graph;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.Node;
import org.lamina.graph.Slice;
import org.lamina.spi.Engine;
import org.lamina.spi.Executable;
import org.lamina.spi.NativeArray;

/** Each output owns its memory. */
class TfOutputsTest {
    private static final Engine ENGINE = new TfProvider().open();

    /** Written to through its tensor, an output changes neither an input, nor a constant, nor another output. */
    @Test
    void outputsShareNoMemory() {
        GraphBuilder graph = new GraphBuilder();
        Node x = graph.input("x", new TensorType(DType.FLOAT32, Shape.of(Shape.BATCH, 2)));
        Node constant = graph.constant(HostArray.of(Shape.of(1, 2), 1f, 1f));
        Node sum = graph.add(x, x);
        List<Node> outputs = List.of(
                x,
                x,
                graph.reshape(x, Shape.of(Shape.BATCH, 2, 1)),
                graph.sum(x, List.of(0), true),
                graph.apply(new Slice(1, 0, 2, 1), x),
                constant,
                graph.broadcast(constant, Shape.of(Shape.BATCH, 2)),
                sum,
                graph.reshape(sum, Shape.of(2, Shape.BATCH)),
                sum);
        HostArray ones = HostArray.of(Shape.of(1, 2), 1f, 1f);
        try (Executable executable = ENGINE.compile(Graph.of(List.of(x), outputs));
                NativeArray input = ENGINE.upload(ones)) {
            for (int written = 0; written < outputs.size(); written++) {
                List<NativeArray> results = executable.run(List.of(input));
                List<HostArray> before =
                        results.stream().map(NativeArray::download).toList();
                ((TfArray) results.get(written)).memory().put(0, (byte) 77);
                for (int i = 0; i < results.size(); i++) {
                    assertThat(results.get(i).download().equals(before.get(i)))
                            .as("output %s after output %s was written to", i, written)
                            .isEqualTo(i != written);
                }
                assertThat(input.download()).isEqualTo(ones);
                results.forEach(NativeArray::close);
                List<NativeArray> again = executable.run(List.of(input));
                assertThat(again.stream().map(NativeArray::download).toList()).isEqualTo(before);
                again.forEach(NativeArray::close);
            }
        }
    }
}
