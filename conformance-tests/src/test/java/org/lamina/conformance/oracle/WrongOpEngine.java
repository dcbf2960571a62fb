package org.lamina.conformance.oracle;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
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

/** The oracle with one primitive that is wrong. */
public record WrongOpEngine(Engine oracle, WrongOp wrong) implements Engine {
    @Override
    public BackendInfo info() {
        return oracle.info();
    }

    @Override
    public NativeArray upload(HostArray array) {
        return oracle.upload(array);
    }

    @Override
    public Executable compile(Graph graph) {
        AtomicBoolean closed = new AtomicBoolean();
        return new Executable() {
            @Override
            public List<NativeArray> run(List<NativeArray> inputs) {
                if (closed.get()) {
                    throw new LaminaException(ErrorCode.CLOSED, "run: the graph is closed. Compile it again.");
                }
                List<HostArray> arrays =
                        inputs.stream().map(NativeArray::download).toList();
                Map<Node, OracleTensor> values = values(graph, arrays);
                return graph.outputs().stream()
                        .map(output -> oracle.upload(
                                Objects.requireNonNull(values.get(output)).toHostArray()))
                        .toList();
            }

            @Override
            public void close() {
                closed.set(true);
            }
        };
    }

    private Map<Node, OracleTensor> values(Graph graph, List<HostArray> inputs) {
        Map<Node, OracleTensor> values = new HashMap<>();
        for (int i = 0; i < inputs.size(); i++) {
            values.put(graph.inputs().get(i), OracleTensor.of(inputs.get(i)));
        }
        long batch = graph.batch(inputs, HostArray::type);
        for (Node node : graph.nodes()) {
            if (!values.containsKey(node)) {
                List<OracleTensor> operands = new ArrayList<>();
                node.operands().forEach(operand -> operands.add(values.get(operand)));
                values.put(node, value(node, node.type().bind(batch), operands));
            }
        }
        return values;
    }

    private OracleTensor value(Node node, TensorType type, List<OracleTensor> operands) {
        OracleLowering right = new OracleLowering(Precision.TWOFOLD);
        return node.op().kind().equals(wrong.kind())
                ? wrong.kernel().apply(right, node.op(), type, operands)
                : node.op().lower(right, type, operands);
    }

    @Override
    public void close() {
        oracle.close();
    }
}
