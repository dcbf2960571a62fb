package org.lamina.tf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.graph.Graph;
import org.lamina.graph.Node;
import org.lamina.spi.Executable;
import org.lamina.spi.NativeArray;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;

/** A compiled graph: one TensorFlow graph, built once for every batch size, and one session that runs it. */
final class TfRun implements Executable {
    /** An input that the outputs need: its position among the graph's inputs and where it is fed. */
    private record Feed(int position, Output<?> placeholder) {}

    private final org.tensorflow.Graph graph;
    private final Session session;
    private final List<Feed> feeds = new ArrayList<>();
    private final List<Output<?>> fetches = new ArrayList<>();
    private final List<DType> dtypes;

    private TfRun(Graph source, org.tensorflow.Graph graph, Session session) {
        this.graph = graph;
        this.session = session;
        this.dtypes = source.outputs().stream().map(node -> node.type().dtype()).toList();
        build(source, Ops.create(graph));
    }

    static TfRun compile(Graph source) {
        org.tensorflow.Graph graph = new org.tensorflow.Graph();
        Session session = new Session(graph);
        try {
            return new TfRun(source, graph, session);
        } catch (RuntimeException e) {
            session.close();
            graph.close();
            throw e;
        }
    }

    private void build(Graph source, Ops tf) {
        Map<Node, Operand<?>> values = new HashMap<>();
        TfLowering lowering = new TfLowering(tf);
        for (int i = 0; i < source.inputs().size(); i++) {
            Node input = source.inputs().get(i);
            Operand<?> placeholder = tf.placeholder(
                    TfArray.tensorClass(input.type().dtype()),
                    Placeholder.shape(TfArray.shape(input.type().shape())));
            values.put(input, placeholder);
            lowering.offerBatch(placeholder, input.type().shape());
            feeds.add(new Feed(i, placeholder.asOutput()));
        }
        for (Node node : source.nodes()) {
            if (!values.containsKey(node)) {
                List<Operand<?>> operands = node.operands().stream()
                        .<Operand<?>>map(x -> value(values, x))
                        .toList();
                values.put(node, node.op().lower(lowering, node.type(), operands));
            }
        }
        for (Node output : source.outputs()) {
            fetches.add(tf.deepCopy(TfLowering.typed(value(values, output))).asOutput());
        }
    }

    private static Operand<?> value(Map<Node, Operand<?>> values, Node node) {
        return Objects.requireNonNull(values.get(node));
    }

    @Override
    public List<NativeArray> run(List<NativeArray> inputs) {
        if (fetches.isEmpty()) {
            return List.of();
        }
        Session.Runner runner = session.runner();
        for (Feed feed : feeds) {
            runner.feed(feed.placeholder(), ((TfArray) inputs.get(feed.position())).tensor());
        }
        fetches.forEach(runner::fetch);
        return take(run(runner));
    }

    private static Result run(Session.Runner runner) {
        try {
            return runner.run();
        } catch (TensorFlowException e) {
            throw new LaminaException(
                    ErrorCode.BACKEND_FAILURE,
                    "backend tf: TensorFlow failed while it ran: " + e.getMessage() + ". There is no result. "
                            + "Check the values given, indices above all.",
                    e);
        }
    }

    /** The tensors become the arrays'; a result owns nothing else. */
    private List<NativeArray> take(Result result) {
        List<NativeArray> outputs = new ArrayList<>(dtypes.size());
        for (int i = 0; i < dtypes.size(); i++) {
            Tensor tensor = result.get(i);
            outputs.add(new TfArray(dtypes.get(i), tensor));
        }
        return outputs;
    }

    @Override
    public void close() {
        session.close();
        graph.close();
    }
}
