package org.lamina.layer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.lamina.Arguments;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.graph.Composite;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.Node;
import org.lamina.graph.StopGradient;

/** One run of a layer's forward on symbolic tensors. */
public final class Trace {
    private static final int DEEPEST = 256;
    private static final String PARAMETER = "parameter ";

    private final GraphBuilder graph = new GraphBuilder();
    private final DType dtype;
    private final boolean training;
    private final Layer root;
    private final Map<String, Declaration> declarations = new LinkedHashMap<>();
    private final Map<String, Node> declared = new LinkedHashMap<>();
    private final Map<String, String> layerAliases = new LinkedHashMap<>();
    private final Map<String, Node> states = new LinkedHashMap<>();
    private final List<Node> randoms = new ArrayList<>();
    private final IdentityHashMap<Layer, String> homes = new IdentityHashMap<>();
    private final OwnArguments ownArguments = new OwnArguments(graph);
    private final @Nullable CallObserver observer;
    private int depth;

    private Trace(Layer root, DType dtype, boolean training, @Nullable CallObserver observer) {
        this.observer = observer;
        this.root = root;
        this.dtype = dtype;
        this.training = training;
    }

    /**
     * Runs a layer on symbolic inputs.
     *
     * @param dtype the floating dtype of its parameters
     * @param inputs the inputs' types, perhaps with open sizes
     * @param training what {@link Scope#training} answers
     * @throws LaminaException whatever the layer or an op in it finds wrong
     */
    public static TracedLayer of(Layer layer, DType dtype, List<TensorType> inputs, boolean training) {
        return of(layer, inputs, new Trace(layer, dtype, training, null));
    }

    /**
     * The same for a model that predicts, watched.
     *
     * @param observer is told of each call of a layer
     */
    public static TracedLayer of(Layer layer, DType dtype, List<TensorType> inputs, CallObserver observer) {
        Arguments.require(observer, "Trace.of", "observer");
        return of(layer, inputs, new Trace(layer, dtype, false, observer));
    }

    private static TracedLayer of(Layer layer, List<TensorType> inputs, Trace trace) {
        Arguments.require(layer, "Trace.of", "layer");
        Arguments.require(trace.dtype, "Trace.of", "dtype");
        Arguments.requireAll(inputs, "Trace.of", "inputs");
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            nodes.add(trace.graph.input(inputs.size() == 1 ? "x" : "x" + i, inputs.get(i)));
        }
        List<Tensor> outputs =
                trace.call("", layer, nodes.stream().map(trace::tensor).toList());
        return new TracedLayer(
                trace.graph,
                List.copyOf(nodes),
                nodes(outputs),
                Collections.unmodifiableMap(trace.declarations),
                Collections.unmodifiableMap(trace.declared),
                Collections.unmodifiableMap(trace.aliases()),
                Collections.unmodifiableMap(trace.states),
                List.copyOf(trace.randoms));
    }

    /**
     * As {@link #of} for a prediction, where parameters are to be made for what is declared.
     *
     * @throws LaminaException BATCH_OPEN too, if the shape of a declared value depends on the size of the batch
     */
    public static TracedLayer declaring(Layer layer, DType dtype, List<TensorType> inputs) {
        TracedLayer traced = of(layer, dtype, inputs, false);
        BatchShapes.requireNone(layer, dtype, inputs, traced.declarations());
        return traced;
    }

    List<Tensor> call(String path, Layer layer, List<Tensor> inputs) {
        if (++depth > DEEPEST) {
            throw graph.located(
                    ErrorCode.ARCHITECTURE,
                    "layers call each other more than " + DEEPEST + " deep. Let no layer call itself.");
        }
        graph.enter(location(path, layer), nodes(inputs));
        try {
            if (observer != null) {
                observer.entered(path, layer, nodes(inputs));
            }
            String home = homes.computeIfAbsent(layer, same -> path);
            if (!home.equals(path)) {
                layerAliases.put(path, home);
            }
            List<Tensor> results = layer instanceof CustomDerivative custom
                    ? List.of(withDerivative(layer, new Scope(this, home), custom, inputs))
                    : List.copyOf(forward(layer, new Scope(this, home), inputs));
            if (observer != null) {
                observer.left(path, layer, nodes(results));
            }
            return results;
        } finally {
            graph.exit();
            depth--;
        }
    }

    private List<Tensor> forward(Layer layer, Scope scope, List<Tensor> inputs) {
        List<Tensor> outputs = layer.forward(scope, inputs);
        requireOutputs(layer, outputs);
        return outputs;
    }

    private static List<Node> nodes(List<Tensor> tensors) {
        return tensors.stream().map(Tensor::node).toList();
    }

    private void requireOutputs(Layer layer, @Nullable List<? extends @Nullable Tensor> outputs) {
        if (outputs == null) {
            throw graph.located(ErrorCode.ARGUMENT, LayerNames.of(layer) + " returned null. Return a list of tensors.");
        }
        if (outputs.isEmpty()) {
            throw graph.located(ErrorCode.ARITY, LayerNames.of(layer) + " gave no output. Return at least one tensor.");
        }
        for (int i = 0; i < outputs.size(); i++) {
            if (outputs.get(i) == null) {
                throw graph.located(
                        ErrorCode.ARGUMENT,
                        LayerNames.of(layer) + " returned null as output " + i + ". Return a tensor there.");
            }
        }
    }

    private String location(String path, Layer layer) {
        String name = LayerNames.of(layer);
        return path.isEmpty() ? name : "layer " + path + " (" + name + ") of " + LayerNames.of(root);
    }

    private Tensor withDerivative(Layer layer, Scope scope, CustomDerivative custom, List<Tensor> inputs) {
        List<Node> operands = new ArrayList<>(ownArguments.begin(nodes(inputs)));
        try {
            List<Tensor> outputs =
                    forward(layer, scope, operands.stream().map(this::tensor).toList());
            requireOne(layer, outputs);
            operands.add(0, outputs.get(0).node());
        } finally {
            operands.addAll(ownArguments.end());
        }
        Composite composite = new Composite(
                LayerNames.of(layer),
                (builder, arguments, value, cotangent) -> pullback(
                        layer, custom, arguments.stream().map(this::tensor).toList(), value, cotangent));
        return tensor(graph.apply(composite, operands));
    }

    private void requireOne(Layer layer, List<Tensor> outputs) {
        if (outputs.size() != 1) {
            throw graph.located(
                    ErrorCode.ARITY,
                    LayerNames.of(layer) + " has a derivative of its own and gave " + outputs.size()
                            + " outputs. Give one.");
        }
    }

    private List<Node> pullback(
            Layer layer, CustomDerivative custom, List<Tensor> arguments, Node value, Node cotangent) {
        List<? extends @Nullable Tensor> own = custom.pullback(arguments, tensor(value), tensor(cotangent));
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < requireList(layer, own).size(); i++) {
            Tensor part = own.get(i);
            if (part == null) {
                throw graph.located(
                        ErrorCode.ARGUMENT,
                        "the derivative of " + LayerNames.of(layer) + " returned null for argument " + i
                                + ". Return zeros if it does not depend on it.");
            }
            nodes.add(part.node());
        }
        return nodes;
    }

    private <T> T requireList(Layer layer, @Nullable T list) {
        if (list == null) {
            throw graph.located(
                    ErrorCode.ARGUMENT,
                    "the derivative of " + LayerNames.of(layer)
                            + " returned null. Return a list with one cotangent for each argument.");
        }
        return list;
    }

    Tensor declare(Scope scope, String name, TensorType type, Initializer initializer, Role role) {
        scope.requireUndeclared(name, type, role);
        if (type.shape().isOpen()) {
            throw graph.located(
                    ErrorCode.BATCH_OPEN,
                    PARAMETER + name + " would be " + type.shape()
                            + ", which depends on the batch size. Give it a shape without the batch axis.");
        }
        String path = LayerNames.join(scope.path(), name);
        Declaration known = declarations.get(path);
        if (known == null) {
            declarations.put(path, new Declaration(path, type, initializer, role));
            declared.put(path, graph.input(PARAMETER + path, type));
        } else if (!known.type().equals(type) || known.role() != role) {
            throw graph.located(
                    ErrorCode.SHAPE,
                    "parameter " + path + " was declared as " + described(known.role(), known.type())
                            + " and is now asked for as " + described(role, type)
                            + "; a shared parameter has one shape. Use a layer object of its own for the other input.");
        }
        return tensor(ownArguments.parameter(Objects.requireNonNull(declared.get(path))));
    }

    static String described(Role role, TensorType type) {
        return switch (role) {
            case TRAINED -> type.toString();
            case CONSTANT -> "the constant " + type;
            case STATE -> "the state " + type;
        };
    }

    State state(Scope scope, String name, TensorType type, Initializer initializer) {
        Tensor before = declare(scope, name, type, initializer, Role.STATE);
        String path = LayerNames.join(scope.path(), name);
        return new State() {
            @Override
            public Tensor value() {
                Node current = states.get(path);
                return current == null ? before : tensor(current);
            }

            @Override
            public void replace(Tensor next) {
                if (!next.type().equals(type)) {
                    throw graph.located(
                            ErrorCode.SHAPE,
                            "state " + path + " is " + type + " and would be replaced by " + next.type()
                                    + ". Give the same type.");
                }
                states.put(path, graph.apply(new StopGradient(), next.node()));
            }
        };
    }

    Tensor random(TensorType type) {
        Node draw = graph.input("random " + randoms.size(), type);
        randoms.add(draw);
        return tensor(draw);
    }

    /** The paths under which shared declarations may be asked for besides their own. */
    private Map<String, String> aliases() {
        Map<String, String> aliases = new LinkedHashMap<>();
        layerAliases.forEach((from, to) -> {
            for (String path : declarations.keySet()) {
                if (path.startsWith(to + ".")) {
                    aliases.put(from + path.substring(to.length()), path);
                }
            }
        });
        return aliases;
    }

    Tensor tensor(Node node) {
        return new Tensor(graph, node);
    }

    GraphBuilder graph() {
        return graph;
    }

    boolean isTraining() {
        return training;
    }

    DType dtype() {
        return dtype;
    }
}
