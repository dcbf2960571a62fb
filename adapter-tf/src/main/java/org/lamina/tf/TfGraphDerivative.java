package org.lamina.tf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.graph.Graph;
import org.lamina.graph.Node;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.TensorFlow;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.IdentityN;
import org.tensorflow.op.core.Placeholder;

/**
 * Lamina's derivative in a TensorFlow graph. TensorFlow takes a derivative for a type of op, not for one op, and for no type that
 * it can differentiate itself; IdentityN is one that it cannot. So a layer's outputs pass through one, together with all that its
 * derivative is made of, and what is registered looks the layer up by the op's name.
 */
final class TfGraphDerivative {
    private static final String OP = IdentityN.OP_NAME;

    /** Holds no operand: that would hold the graph, which is the key. */
    private record Pullback(Graph graph, List<Shape> shapes, int outputs, int given) {}

    private static final Map<org.tensorflow.Graph, Map<String, Pullback>> PULLBACKS = new WeakHashMap<>();
    private static final boolean REGISTERED =
            TensorFlow.registerCustomGradient(OP, (tf, op, gradients) -> derivative(tf, op, gradients));

    private TfGraphDerivative() {}

    /**
     * The outputs, for which TensorFlow gets a derivative.
     *
     * @param pullback of the given values and the cotangents of the outputs; gives the gradients by what it is differentiated by
     * @param outputs the layer's
     * @param given all that the layer computes with
     * @param by what it is differentiated by, where TensorFlow's derivative goes on
     */
    static List<Output<?>> attach(
            Ops tf,
            org.tensorflow.Graph target,
            Graph pullback,
            List<Operand<?>> outputs,
            List<Operand<?>> given,
            List<Operand<?>> by) {
        requireRegistered();
        List<Operand<?>> operands = new ArrayList<>();
        outputs.forEach(output -> operands.add(tf.stopGradient(TfLowering.typed(output))));
        given.forEach(value -> operands.add(tf.stopGradient(TfLowering.typed(value))));
        operands.addAll(by);
        IdentityN all = tf.identityN(operands);
        synchronized (PULLBACKS) {
            PULLBACKS
                    .computeIfAbsent(target, key -> new ConcurrentHashMap<>())
                    .put(all.op().name(), new Pullback(pullback, shapes(pullback), outputs.size(), given.size()));
        }
        return List.copyOf(all.output().subList(0, outputs.size()));
    }

    private static void requireRegistered() {
        if (!REGISTERED) {
            throw new LaminaException(
                    ErrorCode.BACKEND_FAILURE,
                    "backend tf: TensorFlow has a gradient for IdentityN already, so a layer in a graph cannot bring its "
                            + "own. Nothing was added. Register no gradient for IdentityN in this process.");
        }
    }

    private static List<Operand<?>> derivative(Ops tf, GraphOperation op, List<Output<?>> gradients) {
        Pullback pullback;
        synchronized (PULLBACKS) {
            pullback = PULLBACKS.getOrDefault(op.env(), Map.of()).get(op.name());
        }
        if (pullback == null) {
            return new ArrayList<>(gradients);
        }
        List<Operand<?>> results = new ArrayList<>();
        for (int i = 0; i < pullback.outputs + pullback.given; i++) {
            results.add(tf.zerosLike(op.output(i)));
        }
        results.addAll(pull(tf, op, pullback, gradients));
        return results;
    }

    /** What is added comes after all reads of the variables, so that no update of one can come between. */
    private static List<Operand<?>> pull(Ops tf, GraphOperation op, Pullback pullback, List<Output<?>> gradients) {
        List<Operand<?>> operands = new ArrayList<>();
        for (int i = 0; i < pullback.given; i++) {
            operands.add(op.output(pullback.outputs + i));
        }
        List<Operand<?>> late = new ArrayList<>(gradients.subList(0, pullback.outputs));
        late.add(op.output(0));
        operands.addAll(tf.identityN(late).output().subList(0, pullback.outputs));
        Iterator<Shape> shapes = pullback.shapes.iterator();
        return lower(tf, pullback.graph, operands, operand -> shapes.next());
    }

    /**
     * All shapes that the lowering asks for, in order: while TensorFlow differentiates it holds the graph's lock, and asking it for
     * a shape would wait for ever. So what is asked then is asked before, of a graph of its own.
     */
    private static List<Shape> shapes(Graph pullback) {
        List<Shape> shapes = new ArrayList<>();
        try (org.tensorflow.Graph own = new org.tensorflow.Graph()) {
            Ops tf = Ops.create(own);
            List<Operand<?>> operands = new ArrayList<>();
            pullback.inputs()
                    .forEach(input -> operands.add(tf.placeholder(
                            TfArray.tensorClass(input.type().dtype()),
                            Placeholder.shape(TfArray.shape(input.type().shape())))));
            lower(tf, pullback, operands, operand -> {
                shapes.add(operand.shape());
                return operand.shape();
            });
        }
        return List.copyOf(shapes);
    }

    /** The outputs of a graph whose inputs are operands. */
    static List<Operand<?>> lower(Ops tf, Graph graph, List<Operand<?>> operands, Function<Operand<?>, Shape> known) {
        TfDetours detours = new TfDetours(tf, known);
        TfLowering lowering = new TfLowering(tf, detours, value -> TfTensor.constant(tf, value));
        Map<Node, Operand<?>> values = new HashMap<>();
        for (int i = 0; i < operands.size(); i++) {
            Node input = graph.inputs().get(i);
            values.put(input, operands.get(i));
            detours.offerBatch(operands.get(i), input.type().shape());
        }
        for (Node node : graph.nodes()) {
            if (!values.containsKey(node)) {
                values.put(node, node.op().lower(lowering, node.type(), TfCompilation.operands(values, node)));
            }
        }
        List<Operand<?>> outputs = new ArrayList<>();
        graph.outputs().forEach(output -> outputs.add(Objects.requireNonNull(values.get(output))));
        return outputs;
    }
}
