package org.lamina.conformance;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.lamina.HostArray;
import org.lamina.graph.Graph;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.Input;
import org.lamina.graph.Node;
import org.lamina.graph.Op;
import org.lamina.spi.BackendInfo;
import org.lamina.spi.Engine;
import org.lamina.spi.Executable;
import org.lamina.spi.NativeArray;

/** An engine that computes one op in the place of another. */
record SwappedOp(Engine original, Op from, Op to) implements Engine {
    @Override
    public BackendInfo info() {
        return original.info();
    }

    @Override
    public NativeArray upload(HostArray array) {
        return original.upload(array);
    }

    @Override
    public Executable compile(Graph graph) {
        GraphBuilder builder = new GraphBuilder();
        Map<Node, Node> copies = new HashMap<>();
        for (Node input : graph.inputs()) {
            copies.put(input, builder.input(((Input) input.op()).name(), input.type()));
        }
        for (Node node : graph.nodes()) {
            if (!copies.containsKey(node)) {
                Op op = node.op().equals(from) ? to : node.op();
                copies.put(node, builder.apply(op, copies(copies, node.operands())));
            }
        }
        return original.compile(Graph.of(copies(copies, graph.inputs()), copies(copies, graph.outputs())));
    }

    private static List<Node> copies(Map<Node, Node> copies, List<Node> nodes) {
        return nodes.stream()
                .map(node -> Objects.requireNonNull(copies.get(node)))
                .toList();
    }

    @Override
    public void close() {
        original.close();
    }
}
