package org.lamina.tf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.lamina.Arguments;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.Width;
import org.lamina.graph.Differentiation;
import org.lamina.graph.Graph;
import org.lamina.graph.NativeCall;
import org.lamina.graph.Node;
import org.lamina.layer.Declaration;
import org.lamina.layer.Layer;
import org.lamina.layer.Role;
import org.lamina.layer.Trace;
import org.lamina.layer.TracedLayer;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.family.TType;

/**
 * A layer inside a TensorFlow graph of your own, with variables of its own: {@code name.path}, such as {@code hidden.0.weight},
 * which {@code session.initialize()} fills and the optimizers of tensorflow-framework train.
 *
 * <pre>{@code
 * TfGraphLayer hidden = TfGraphLayer.add(graph, "hidden", new MyDense(32), 42, x);
 * Op step = new Adam(graph, 0.01f).minimize(loss);
 * }</pre>
 *
 * <p>{@code graph.addGradients}, and so every optimizer, gets Lamina's own derivative, also of ops that TensorFlow differentiates
 * otherwise, and of layers that bring a derivative. It has no derivative of second order. Each run reads the variables once, before
 * the derivative, so that no update comes between.
 *
 * <p>The layer is that of a prediction: dropout lets everything through, and a normalization uses its running statistics. Constants
 * and states are variables that no loss depends on as TensorFlow sees it, so no optimizer changes them.
 */
public final class TfGraphLayer {
    private static final Set<String> VARIABLES = Set.of("Variable", "VariableV2", "ReadVariableOp");
    private static final Set<String> PLACEHOLDERS = Set.of("Placeholder");

    private final String name;
    private final Map<String, Declaration> declarations;
    private final Map<String, Variable<?>> variables = new LinkedHashMap<>();
    private final Map<String, Operand<?>> given = new LinkedHashMap<>();
    private final Map<String, Op> assignments = new LinkedHashMap<>();
    private final List<Output<?>> outputs;

    private TfGraphLayer(
            org.tensorflow.Graph target, String name, TracedLayer traced, long seed, List<Operand<?>> inputs) {
        this.name = name;
        this.declarations = traced.declarations();
        Ops tf = Ops.create(target);
        List<Operand<?>> values = new ArrayList<>(inputs);
        for (Declaration declaration : declarations.values()) {
            Variable<TType> variable = declare(tf, declaration, declaration.draw(seed));
            variables.put(declaration.path(), variable);
            // A copy, since a variable's own memory is what an optimizer writes to.
            values.add(tf.deepCopy(variable));
        }
        Graph forward = Graph.of(given(traced), traced.outputs());
        outputs = TfGraphDerivative.attach(
                tf,
                target,
                pullback(traced),
                TfGraphDerivative.lower(tf, forward, values, Operand::shape),
                values,
                differentiated(traced, inputs));
    }

    /**
     * Adds a layer to a graph, in the width of its float inputs; if all are integers, in that of the graph's variables, else of its
     * placeholders, else in float32.
     *
     * @param target the graph; only its ops grow
     * @param name before the paths of the layer's variables; no op of the graph starts with it
     * @param layer any layer; of several outputs too
     * @param seed draws the parameters, the same bits as {@code Model.initialize} with it
     * @param inputs whose shapes TensorFlow knows but for the first size, which may be the batch's
     * @throws LaminaException SHAPE if an input's shape is not known, DTYPE if what decides the width has both, CONFIGURATION if the layer draws random numbers in a
     *     prediction or has a framework's own function in it, else whatever the layer finds wrong with the inputs
     */
    public static TfGraphLayer add(
            org.tensorflow.Graph target, String name, Layer layer, long seed, Operand<?>... inputs) {
        Arguments.require(target, "TfGraphLayer.add", "target");
        Arguments.require(name, "TfGraphLayer.add", "name");
        Arguments.require(layer, "TfGraphLayer.add", "layer");
        Arguments.requireAll(inputs, "TfGraphLayer.add", "inputs");
        return add(target, name, layer, width(target, inputs), seed, inputs);
    }

    /**
     * Adds a layer whose parameters have a dtype of their own, as where a graph has both widths.
     *
     * @param dtype float32 or float64, that of the float inputs if there are any
     */
    public static TfGraphLayer add(
            org.tensorflow.Graph target, String name, Layer layer, DType dtype, long seed, Operand<?>... inputs) {
        Arguments.require(target, "TfGraphLayer.add", "target");
        Arguments.require(name, "TfGraphLayer.add", "name");
        Arguments.require(layer, "TfGraphLayer.add", "layer");
        Arguments.require(dtype, "TfGraphLayer.add", "dtype");
        Arguments.requireAll(inputs, "TfGraphLayer.add", "inputs");
        List<TensorType> types = new ArrayList<>();
        for (Operand<?> input : inputs) {
            types.add(new TensorType(dtype(input), shape(input)));
        }
        TracedLayer traced = Trace.declaring(layer, dtype, types);
        if (!traced.randoms().isEmpty()) {
            throw new LaminaException(
                    ErrorCode.CONFIGURATION,
                    "layer " + name
                            + ": it draws random numbers in a prediction, which a TensorFlow graph cannot get from "
                            + "Lamina. Use a neutral model on the backend tf.");
        }
        Graph forward = Graph.of(given(traced), traced.outputs());
        if (forward.nodes().stream().anyMatch(node -> node.op() instanceof NativeCall)) {
            throw new LaminaException(
                    ErrorCode.CONFIGURATION,
                    "layer " + name
                            + ": it has a framework's own function in it, which a TensorFlow graph needs no layer for. "
                            + "Add its ops to the graph yourself, or use a neutral model on the backend tf.");
        }
        return new TfGraphLayer(target, name, traced, seed, List.of(inputs));
    }

    private static DType width(org.tensorflow.Graph target, Operand<?>... inputs) {
        return Width.among(
                        "the inputs",
                        Arrays.stream(inputs).map(TfGraphLayer::dtype).toList())
                .or(() -> Width.among("its inputs are integers, and the graph's variables", of(target, VARIABLES)))
                .or(() ->
                        Width.among("its inputs are integers, and the graph's placeholders", of(target, PLACEHOLDERS)))
                .orElse(DType.FLOAT32);
    }

    /** The floating dtypes that the ops of some kinds give. */
    private static List<DType> of(org.tensorflow.Graph target, Set<String> kinds) {
        List<DType> dtypes = new ArrayList<>();
        target.operations().forEachRemaining(operation -> {
            if (kinds.contains(operation.type())) {
                switch (operation.output(0).dataType()) {
                    case DT_FLOAT, DT_FLOAT_REF -> dtypes.add(DType.FLOAT32);
                    case DT_DOUBLE, DT_DOUBLE_REF -> dtypes.add(DType.FLOAT64);
                    default -> {}
                }
            }
        });
        return dtypes;
    }

    private static DType dtype(Operand<?> input) {
        for (DType dtype : DType.values()) {
            if (TfArray.tensorClass(dtype) == input.asOutput().type()) {
                return dtype;
            }
        }
        throw new LaminaException(
                ErrorCode.DTYPE,
                "input " + input.op().name() + ": it is " + input.asOutput().dataType()
                        + ", which Lamina has not. Cast it to " + Arrays.toString(DType.values()) + ".");
    }

    private static Shape shape(Operand<?> input) {
        org.tensorflow.ndarray.Shape shape = input.shape();
        long[] sizes = shape.isUnknown() ? new long[] {0, -1} : shape.asArray();
        for (int axis = 1; axis < sizes.length; axis++) {
            if (sizes[axis] < 0) {
                throw new LaminaException(
                        ErrorCode.SHAPE,
                        "input " + input.op().name() + ": its shape is " + shape
                                + ", and a layer in a graph needs all sizes but the first. Give the placeholder its "
                                + "shape, or reshape.");
            }
        }
        Shape known = Shape.of(Arrays.stream(sizes).map(Math::abs).toArray());
        return sizes.length > 0 && sizes[0] < 0 ? known.with(0, Shape.BATCH) : known;
    }

    private static List<Node> given(TracedLayer traced) {
        List<Node> given = new ArrayList<>(traced.inputs());
        given.addAll(traced.declared().values());
        return given;
    }

    private static List<Declaration> trained(TracedLayer traced) {
        return traced.declarations().values().stream()
                .filter(declaration -> declaration.role() == Role.TRAINED)
                .toList();
    }

    private static Graph pullback(TracedLayer traced) {
        List<Node> cotangents = new ArrayList<>();
        List<Node> outputs = new ArrayList<>();
        List<Node> given = given(traced);
        for (Node output : traced.outputs()) {
            Node cotangent = traced.graph().input("dy" + given.size(), output.type());
            given.add(cotangent);
            if (output.type().dtype().isFloating()) {
                outputs.add(output);
                cotangents.add(cotangent);
            }
        }
        List<Node> by = new ArrayList<>(traced.inputs());
        by.removeIf(input -> !input.type().dtype().isFloating());
        trained(traced).forEach(declaration -> by.add(traced.declared().get(declaration.path())));
        return Graph.of(given, Differentiation.pullback(traced.graph(), outputs, cotangents, by));
    }

    private List<Operand<?>> differentiated(TracedLayer traced, List<Operand<?>> inputs) {
        List<Operand<?>> by = new ArrayList<>(inputs);
        by.removeIf(input -> !dtype(input).isFloating());
        trained(traced).forEach(declaration -> by.add(Objects.requireNonNull(variables.get(declaration.path()))));
        return by;
    }

    private Variable<TType> declare(Ops tf, Declaration declaration, HostArray value) {
        String full = name + "." + declaration.path();
        Operand<TType> initial = TfLowering.typed(TfTensor.constant(tf, value));
        Variable<TType> variable = tf.withName(full).variable(initial);
        Operand<TType> placeholder = tf.placeholder(initial.type(), Placeholder.shape(initial.shape()));
        given.put(declaration.path(), placeholder);
        assignments.put(declaration.path(), tf.assign(variable, placeholder));
        return variable;
    }

    /** The outputs, in order. */
    public List<Output<?>> outputs() {
        return outputs;
    }

    /**
     * The only output.
     *
     * @param type TensorFlow's class of its elements, that of the float inputs if the layer does not change it
     * @throws LaminaException ARITY if there are several, DTYPE if it has other elements
     */
    public <T extends TType> Operand<T> output(Class<T> type) {
        Arguments.require(type, "TfGraphLayer.output", "type");
        if (outputs.size() != 1) {
            throw new LaminaException(
                    ErrorCode.ARITY,
                    "layer " + name + " has " + outputs.size() + " outputs where one is wanted. Call outputs().");
        }
        if (outputs.get(0).type() != type) {
            throw new LaminaException(
                    ErrorCode.DTYPE,
                    "layer " + name + " gives " + outputs.get(0).dataType() + " where " + type.getSimpleName()
                            + " is wanted. Ask for what it gives, or cast its inputs.");
        }
        return TfLowering.typed(outputs.get(0));
    }

    /** Its variables by path. */
    public Map<String, Variable<?>> variables() {
        return Collections.unmodifiableMap(variables);
    }

    /** The values of its variables in a session, by path: weights for {@code Model.setParameters}. */
    public Map<String, HostArray> weights(Session session) {
        Arguments.require(session, "TfGraphLayer.weights", "session");
        Map<String, HostArray> weights = new LinkedHashMap<>();
        if (variables.isEmpty()) {
            return weights;
        }
        Session.Runner runner = session.runner();
        variables.values().forEach(runner::fetch);
        try (Result result = runner.run()) {
            int i = 0;
            for (Declaration declaration : declarations.values()) {
                Tensor tensor = result.get(i++);
                // The result owns the tensor, so the array is not closed.
                weights.put(declaration.path(), new TfTensor(declaration.type().dtype(), tensor).download());
            }
        }
        return weights;
    }

    /**
     * Gives all its variables values in a session, such as {@code Model.parameters()}; after {@code session.initialize()}, which
     * would draw them again.
     *
     * @throws LaminaException WEIGHTS if some are missing, unexpected or of another type; nothing was set then
     */
    public void setWeights(Session session, Map<String, HostArray> weights) {
        Arguments.require(session, "TfGraphLayer.setWeights", "session");
        Arguments.requireAll(weights, "TfGraphLayer.setWeights", "weights");
        requireFit(weights);
        for (String path : variables.keySet()) {
            TfTensor array = TfTensor.of(Objects.requireNonNull(weights.get(path)));
            try (array) {
                session.runner()
                        .feed(Objects.requireNonNull(given.get(path)), array.tensor())
                        .addTarget(Objects.requireNonNull(assignments.get(path)))
                        .run()
                        .close();
            }
        }
    }

    /** Takes the values of a neutral model of the same layer, perhaps on another backend; see {@link #setWeights}. */
    public void copyFrom(Model model, Session session) {
        Arguments.require(model, "TfGraphLayer.copyFrom", "model");
        Arguments.require(session, "TfGraphLayer.copyFrom", "session");
        setWeights(session, model.parameters());
    }

    /** Gives the values to a neutral model of the same layer; see {@link Model#setParameters}. */
    public void copyTo(Session session, Model model) {
        Arguments.require(session, "TfGraphLayer.copyTo", "session");
        Arguments.require(model, "TfGraphLayer.copyTo", "model");
        model.setParameters(weights(session));
    }

    private void requireFit(Map<String, HostArray> weights) {
        List<String> wrong = new ArrayList<>();
        Stream.concat(declarations.keySet().stream(), weights.keySet().stream())
                .distinct()
                .forEach(path -> {
                    Declaration declaration = declarations.get(path);
                    HostArray value = weights.get(path);
                    if (value == null) {
                        wrong.add("missing " + path);
                    } else if (declaration == null) {
                        wrong.add("unexpected " + path + " " + value.type());
                    } else if (!declaration.type().equals(value.type())) {
                        wrong.add(path + " is " + declaration.type() + " in layer " + name + " and " + value.type()
                                + " in the weights");
                    }
                });
        if (!wrong.isEmpty()) {
            throw new LaminaException(
                    ErrorCode.WEIGHTS,
                    "weights: they do not fit layer " + name + ", and nothing was set: " + String.join("; ", wrong)
                            + ". Give the weights of this architecture.");
        }
    }
}
