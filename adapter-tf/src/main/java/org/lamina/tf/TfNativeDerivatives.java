package org.lamina.tf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.graph.Graph;
import org.lamina.graph.Node;
import org.lamina.spi.NativeDerivatives;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;

/** What TensorFlow's {@code addGradients} adds to the lowered graph. */
final class TfNativeDerivatives implements NativeDerivatives {
    @Override
    public List<HostArray> pullback(Graph graph, List<HostArray> inputs, List<HostArray> cotangents, List<Integer> by) {
        try (Differentiated differentiated = new Differentiated()) {
            return differentiated.pullback(graph, inputs, cotangents, by);
        } catch (RuntimeException e) {
            throw new LaminaException(
                    ErrorCode.BACKEND_FAILURE,
                    "backend tf: TensorFlow could not differentiate the graph: " + e.getMessage()
                            + ". There is no native gradient. Use Lamina's own.",
                    e);
        }
    }

    /** One TensorFlow graph that is run once. */
    private static final class Differentiated implements AutoCloseable {
        private final org.tensorflow.Graph target = new org.tensorflow.Graph();
        private final Session session = new Session(target, TfRun.CONFIGURATION);
        private final Session.Runner runner = session.runner();
        private final Ops tf = Ops.create(target);
        private final List<TfTensor> fed = new ArrayList<>();

        List<HostArray> pullback(Graph graph, List<HostArray> inputs, List<HostArray> cotangents, List<Integer> by) {
            List<Output<?>> given = feed(inputs);
            List<Output<?>> seeds = feed(cotangents);
            List<Output<?>> outputs = lower(graph, given);
            // TensorFlow refuses inputs that no op takes.
            List<Integer> used = by.stream()
                    .filter(i -> graph.nodes().contains(graph.inputs().get(i)))
                    .toList();
            Output<?>[] gradients = target.addGradients(
                    null,
                    outputs.toArray(Output<?>[]::new),
                    used.stream().map(given::get).toArray(Output<?>[]::new),
                    seeds.toArray(Output<?>[]::new));
            by.forEach(i -> fetch(given.get(i), used.contains(i) ? gradients[used.indexOf(i)] : null));
            return run(by.stream().map(i -> inputs.get(i).dtype()).toList());
        }

        private List<Output<?>> feed(List<HostArray> arrays) {
            List<Output<?>> placeholders = new ArrayList<>();
            arrays.forEach(array -> placeholders.add(feed(array).asOutput()));
            return placeholders;
        }

        private Operand<?> feed(HostArray value) {
            TfTensor array = TfTensor.of(value);
            TensorType type = array.type();
            Operand<?> placeholder =
                    tf.placeholder(TfArray.tensorClass(type.dtype()), Placeholder.shape(TfArray.shape(type.shape())));
            fed.add(array);
            runner.feed(placeholder, array.tensor());
            return placeholder;
        }

        private List<Output<?>> lower(Graph graph, List<Output<?>> given) {
            TfLowering lowering = new TfLowering(tf, new TfDetours(tf), this::feed);
            Map<Node, Operand<?>> values = new HashMap<>();
            for (int i = 0; i < given.size(); i++) {
                values.put(graph.inputs().get(i), given.get(i));
            }
            for (Node node : graph.nodes()) {
                if (!values.containsKey(node)) {
                    values.put(node, node.op().lower(lowering, node.type(), TfCompilation.operands(values, node)));
                }
            }
            List<Output<?>> outputs = new ArrayList<>();
            for (Node output : graph.outputs()) {
                outputs.add(Objects.requireNonNull(values.get(output)).asOutput());
            }
            return outputs;
        }

        /** TensorFlow gives a closed output where no path leads from the outputs to an input that they use. */
        private void fetch(Output<?> x, @Nullable Output<?> gradient) {
            boolean path = gradient != null && !gradient.isClosed();
            runner.fetch(
                    path ? Objects.requireNonNull(gradient) : tf.zerosLike(x).asOutput());
        }

        private List<HostArray> run(List<DType> dtypes) {
            List<HostArray> results = new ArrayList<>();
            try (Result result = runner.run()) {
                for (int i = 0; i < dtypes.size(); i++) {
                    results.add(new TfTensor(dtypes.get(i), result.get(i)).download());
                }
            }
            return results;
        }

        @Override
        public void close() {
            session.close();
            target.close();
            fed.forEach(TfTensor::close);
        }
    }
}
