package org.lamina.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.FloatBuffer;
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
class DjlOutputsTest {
    /**
     * Written to through DJL, an output changes neither an input, nor a constant, nor another output. This is PyTorch's danger:
     * its reshape and its slices are views, where MXNet's are copies.
     */
    @Test
    void outputsShareNoMemory() {
        DjlProvider provider = new DjlProvider.PyTorch();
        assumeTrue(provider.isPresent(), "the profile leaves this engine out");
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
        try (Engine engine = provider.open();
                Executable executable = engine.compile(Graph.of(List.of(x), outputs));
                NativeArray input = engine.upload(ones);
                NDManager manager = ((DjlEngine) engine).manager().newSubManager()) {
            for (int written = 0; written < outputs.size(); written++) {
                List<NativeArray> results = executable.run(List.of(input));
                List<HostArray> before =
                        results.stream().map(NativeArray::download).toList();
                addOne(((DjlScriptArray) results.get(written)).view(manager));
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

    /** PyTorch keeps its ops from writing to what a script made, so there the memory itself is written to. */
    private static void addOne(NDArray array) {
        if (array.getManager().getEngine().getEngineName().equals("MXNet")) {
            array.addi(1);
            return;
        }
        FloatBuffer memory = array.toByteBuffer(true).asFloatBuffer();
        for (int i = 0; i < memory.limit(); i++) {
            memory.put(i, memory.get(i) + 1);
        }
    }
}
