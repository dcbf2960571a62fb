package org.lamina.tf;

import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.graph.Constant;
import org.lamina.graph.Fusion;
import org.lamina.graph.Graph;
import org.lamina.graph.Input;
import org.lamina.graph.Node;
import org.lamina.spi.BackendInfo;
import org.lamina.spi.Engine;
import org.lamina.spi.Executable;
import org.lamina.spi.LongSumsExecutable;
import org.lamina.spi.NativeArray;
import org.lamina.spi.NativeDerivatives;
import org.tensorflow.TensorFlow;

/** TensorFlow in this JVM, on the CPU. */
final class TfEngine implements Engine {
    private final BackendInfo info = new BackendInfo(
            TfProvider.NAME, "TensorFlow Java", TensorFlow.version(), "cpu", EnumSet.allOf(DType.class));

    @Override
    public BackendInfo info() {
        return info;
    }

    @Override
    public NativeArray upload(HostArray array) {
        return TfArray.of(array);
    }

    @Override
    public Executable compile(Graph graph) {
        return LongSumsExecutable.compile(graph, new TfKernels(), TfEngine::whole);
    }

    private static Executable whole(Graph source) {
        Graph graph = Fusion.apply(source, new TfKernels());
        List<Node> computed = largeConstants(graph);
        Map<Node, TfArray> known = new HashMap<>();
        if (!computed.isEmpty()) {
            try (TfRun once = TfRun.compile(Graph.of(List.of(), computed), Map.of())) {
                List<NativeArray> values = once.run(List.of());
                for (int i = 0; i < values.size(); i++) {
                    known.put(computed.get(i), (TfArray) values.get(i));
                }
            }
        }
        return TfRun.compile(graph, known);
    }

    /**
     * What the rest of a graph needs of the ops on constants that are large or give something large: TensorFlow computes only small
     * ones once, so these are computed here.
     */
    private static List<Node> largeConstants(Graph graph) {
        Set<Node> constant = new HashSet<>();
        Set<Node> large = new HashSet<>();
        Set<Node> needed = new LinkedHashSet<>(graph.outputs());
        for (Node node : graph.nodes()) {
            if (isConstant(node, constant)) {
                constant.add(node);
                if (TfLowering.isLarge(node.type()) || !Collections.disjoint(large, node.operands())) {
                    large.add(node);
                }
            } else {
                needed.addAll(node.operands());
            }
        }
        return needed.stream()
                .filter(node -> large.contains(node) && !(node.op() instanceof Constant))
                .toList();
    }

    private static boolean isConstant(Node node, Set<Node> constant) {
        return !(node.op() instanceof Input) && !node.type().shape().isOpen() && constant.containsAll(node.operands());
    }

    @Override
    public Optional<NativeDerivatives> nativeDerivatives() {
        return Optional.of(new TfNativeDerivatives());
    }

    @Override
    public long openHandles() {
        return TfArray.open() + TfRun.open();
    }

    /** TensorFlow stays loaded for as long as the JVM lives; nothing else is held. */
    @Override
    public void close() {}
}
