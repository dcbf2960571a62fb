package org.lamina.layer;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lamina.Arguments;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.Width;
import org.lamina.graph.Composite;
import org.lamina.graph.NativeCall;
import org.lamina.graph.NativeFunction;

/**
 * What a layer's forward sees of the model around it: where it declares parameters, calls other layers, and learns whether it
 * is trained. One scope belongs to one call of one layer.
 */
public final class Scope {
    private final Trace trace;
    private final String path;
    private final Map<String, Layer> called = new HashMap<>();
    private final Map<String, String> declared = new HashMap<>();

    Scope(Trace trace, String path) {
        this.trace = trace;
        this.path = path;
    }

    /**
     * A trained parameter, declared where it is used, so its shape may depend on the input's.
     *
     * @param name letters, digits, '_' and '-'; the path is the scope's path, a dot and the name
     * @param shape without open sizes
     * @param initializer what it starts with
     * @return the parameter as a tensor of {@link #dtype}
     * @throws LaminaException NAME if this call of the layer declared the name before; SHAPE if another call of the same layer
     *     object declared it with another shape, as when a shared layer gets inputs of two widths
     */
    public Tensor parameter(String name, Shape shape, Initializer initializer) {
        return declare("Scope.parameter", name, shape, initializer, Role.TRAINED);
    }

    /** Values that are drawn and saved like a parameter's but never trained, as the book's fixed random weights. */
    public Tensor constant(String name, Shape shape, Initializer initializer) {
        return declare("Scope.constant", name, shape, initializer, Role.CONSTANT);
    }

    private Tensor declare(String method, String name, Shape shape, Initializer initializer, Role role) {
        return trace.declare(this, name, type(method, shape), given(initializer, method, "initializer"), role);
    }

    private TensorType type(String method, Shape shape) {
        return new TensorType(dtype(), given(shape, method, "shape"));
    }

    /** @throws LaminaException ARGUMENT if the value is null */
    private <T> T given(@Nullable T value, String method, String name) {
        if (value == null) {
            throw error(ErrorCode.ARGUMENT, method + ": " + name + " is null. Give a value.");
        }
        return value;
    }

    /** @throws LaminaException NAME if this call of the layer declared the same before; what differs is found as of a shared layer */
    void requireUndeclared(String name, TensorType type, Role role) {
        LayerNames.check(this, name);
        String now = Trace.described(role, type);
        String before = declared.putIfAbsent(name, now);
        if (now.equals(before)) {
            throw error(
                    ErrorCode.NAME,
                    "parameter " + LayerNames.join(path, name) + " is declared twice, as " + before + " and again as "
                            + now
                            + "; they would share their values, and the second initializer would be lost. Give each a "
                            + "name of its own, or keep the first tensor and use it twice.");
        }
    }

    /**
     * Values known when the layer is written; part of the layer, not of its weights. Floating ones take {@link #dtype}.
     *
     * @throws LaminaException DTYPE if that is float32, which would make one of them infinite
     */
    public Tensor constant(HostArray value) {
        given(value, "Scope.constant", "value");
        return trace.tensor(trace.graph().constant(Width.cast(value, dtype(), "Scope.constant")));
    }

    /** A value kept from one training step to the next, declared like a parameter and saved with the weights. */
    public State state(String name, Shape shape, Initializer initializer) {
        return trace.state(this, name, type("Scope.state", shape), given(initializer, "Scope.state", "initializer"));
    }

    /**
     * Runs a child layer of one input and one output. The same layer object called again shares its parameters, and their
     * gradients add up.
     *
     * @param name the child's name in its parameters' paths
     */
    public Tensor call(String name, Layer layer, Tensor x) {
        List<Tensor> outputs = call(name, layer, List.of(given(x, "Scope.call", "x")));
        if (outputs.size() != 1) {
            throw error(
                    ErrorCode.ARITY,
                    LayerNames.of(layer) + " gave " + outputs.size()
                            + " outputs where one is wanted. Call it with a list of inputs.");
        }
        return outputs.get(0);
    }

    /** Runs a child layer on a list of inputs. */
    public List<Tensor> call(String name, Layer layer, List<Tensor> inputs) {
        LayerNames.check(this, name);
        given(layer, "Scope.call of \"" + name + "\"", "layer");
        for (Tensor input : given(inputs, "Scope.call of \"" + name + "\"", "inputs")) {
            given(input, "Scope.call of \"" + name + "\"", "an input");
        }
        Layer known = called.putIfAbsent(name, layer);
        if (known != null && known != layer) {
            throw error(
                    ErrorCode.NAME,
                    "two layers are called \"" + name
                            + "\"; their parameters would be mixed up. Give each a name of its own.");
        }
        return trace.call(LayerNames.join(path, name), layer, inputs);
    }

    /**
     * What a framework computes by its own means, on that framework's backends alone. Adapters make layers of it, such as one
     * for a block of DJL.
     *
     * @param type of the result, perhaps with open sizes
     */
    public Tensor call(NativeFunction function, TensorType type, List<Tensor> operands) {
        given(function, "Scope.call", "function");
        given(type, "Scope.call", "type");
        given(operands, "Scope.call", "operands").forEach(operand -> given(operand, "Scope.call", "an operand"));
        return trace.tensor(trace.graph()
                .apply(
                        new NativeCall(function, type),
                        operands.stream().map(Tensor::node).toList()));
    }

    /**
     * Says which function of some arguments a value is, so that its derivative may be given, or a framework compute it by a
     * kernel of its own.
     *
     * @param value what the layer computes from the arguments by ops
     * @return the value
     */
    public Tensor call(Composite function, Tensor value, Tensor... arguments) {
        Arguments.requireAll(arguments, "Scope.call", "arguments");
        return given(value, "Scope.call", "value").apply(given(function, "Scope.call", "function"), arguments);
    }

    /**
     * Draws from U[0, 1), in training and prediction alike, new ones at each training step; the same bits on every backend.
     *
     * @param shape may have the open sizes of an input's shape
     */
    public Tensor random(Shape shape) {
        return trace.random(type("Scope.random", shape));
    }

    /** True while the model is trained, false when it predicts. */
    public boolean training() {
        return trace.isTraining();
    }

    /** The floating dtype of the model's parameters. */
    public DType dtype() {
        return trace.dtype();
    }

    /** Where this layer is in the model, such as {@code encoder.1}; empty for the model itself. */
    public String path() {
        return path;
    }

    /** An error for a layer to throw, its message ended by where the layer is. */
    public LaminaException error(ErrorCode code, String message) {
        Arguments.require(code, "Scope.error", "code");
        Arguments.require(message, "Scope.error", "message");
        return trace.graph().located(code, message);
    }
}
