package org.lamina.tf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.lamina.Arguments;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.layer.Initializer;
import org.lamina.layer.MultiLayer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.TensorFlow;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.OpDef;
import org.tensorflow.types.family.TType;

/**
 * A function of TensorFlow as a layer of neutral models, on the backend tf alone: its ops become a part of the model's graph, and
 * {@code Graph.addGradients} differentiates them.
 *
 * <pre>{@code
 * TfNativeLayer projection = TfNativeLayer.of("projection", TFloat32.class, (tf, parameters, x) -> {
 *     Operand<TFloat32> weight = parameters.get("weight", Shape.of(x.shape().get(1), 32), Initializer.normal(0, 0.1));
 *     return tf.nn.elu(tf.linalg.matMul(x, weight));
 * });
 * Layer net = Sequential.of(new Dense(64), projection);
 * }</pre>
 *
 * <p>Parameters are asked for as in a layer of Lamina's, and belong to the model: it draws, trains, freezes, saves and copies them.
 * A {@link ConcreteFunction} is a layer too.
 *
 * <p>The function is pure: it is called anew for each graph and adds the same ops each time, none of which has a state, such as a
 * variable, or draws random numbers. It gives one output of the model's dtype, has no second derivative, and no layer.json.
 */
public final class TfNativeLayer implements MultiLayer {
    private static final Set<String> STATEFUL = TensorFlow.registeredOpList().getOpList().stream()
            .filter(OpDef::getIsStateful)
            .map(OpDef::getName)
            .collect(Collectors.toUnmodifiableSet());

    private final String name;
    private final TfNativeFunction.Builder builder;

    private TfNativeLayer(String name, TfNativeFunction.Builder builder) {
        this.name = name;
        this.builder = builder;
    }

    /** What a function has beside its inputs. */
    public interface Parameters {
        /**
         * A trained parameter of the model's dtype; one name stands for one.
         *
         * @param initializer draws it when the model is initialised
         */
        Operand<?> declare(String name, Shape shape, Initializer initializer);

        /** A trained parameter, as an operand of the type that the context wants, which is the model's. */
        default <T extends TType> Operand<T> get(String name, Shape shape, Initializer initializer) {
            return TfLowering.typed(declare(name, shape, initializer));
        }
    }

    /**
     * A function of one input.
     *
     * @param <T> the elements of its input, its parameters and its output
     */
    public interface Function<T extends TType> {
        /** Adds ops to the graph of {@code tf}, and gives the output. */
        Operand<T> build(Ops tf, Parameters parameters, Operand<T> x);
    }

    /** A function of several inputs. */
    public interface SeveralInputs {
        /** Adds ops to the graph of {@code tf}, and gives the output. */
        Operand<?> build(Ops tf, Parameters parameters, List<Operand<?>> inputs);
    }

    /**
     * A layer of one input.
     *
     * @param name what messages call it
     * @param type of the elements, TFloat32 for a model of float32
     */
    public static <T extends TType> TfNativeLayer of(String name, Class<T> type, Function<T> function) {
        Arguments.require(name, "TfNativeLayer.of", "name");
        Arguments.require(type, "TfNativeLayer.of", "type");
        Arguments.require(function, "TfNativeLayer.of", "function");
        return new TfNativeLayer(name, (tf, parameters, inputs) -> {
            if (inputs.size() != 1) {
                throw new LaminaException(
                        ErrorCode.ARITY,
                        name + " of TensorFlow takes one input and was given " + inputs.size() + ". Use ofSeveral.");
            }
            Class<?> given = inputs.get(0).asOutput().type();
            if (given != type) {
                throw new LaminaException(
                        ErrorCode.DTYPE,
                        name + " of TensorFlow takes " + type.getSimpleName() + " and was given "
                                + given.getSimpleName() + ". Give the model its dtype, or use ofSeveral.");
            }
            return function.build(tf, parameters, TfLowering.typed(inputs.get(0)));
        });
    }

    /**
     * A layer of several inputs, or of one that is of integers.
     *
     * @param name what messages call it
     */
    public static TfNativeLayer ofSeveral(String name, SeveralInputs function) {
        Arguments.require(name, "TfNativeLayer.ofSeveral", "name");
        Arguments.require(function, "TfNativeLayer.ofSeveral", "function");
        return new TfNativeLayer(name, function::build);
    }

    /** A layer of a function of one input and one output, which must not be closed as long as models of it live. */
    public static TfNativeLayer of(String name, ConcreteFunction function) {
        Arguments.require(name, "TfNativeLayer.of", "name");
        Arguments.require(function, "TfNativeLayer.of", "function");
        return new TfNativeLayer(name, (tf, parameters, inputs) -> function.call(tf, inputs.get(0)));
    }

    @Override
    public List<Tensor> forward(Scope scope, List<Tensor> inputs) {
        List<Tensor> operands = new ArrayList<>(inputs);
        Map<String, Operand<?>> declared = new LinkedHashMap<>();
        try (Graph once = new Graph()) {
            Ops tf = Ops.create(once);
            List<Operand<?>> given = new ArrayList<>();
            inputs.forEach(input -> given.add(placeholder(tf, input.type())));
            Parameters parameters = (path, shape, initializer) -> {
                Tensor parameter = scope.parameter(path, shape, initializer);
                operands.add(parameter);
                declared.put(path, placeholder(tf, parameter.type()));
                return declared.get(path);
            };
            Operand<?> output = build(scope, tf, parameters, given);
            requireStateless(scope, once);
            List<Operand<?>> fed = new ArrayList<>(given);
            fed.addAll(declared.values());
            TensorType type = type(scope, once, operands, fed, output);
            return List.of(scope.call(
                    new TfNativeFunction(
                            name,
                            builder,
                            List.copyOf(declared.keySet()),
                            inputs.size(),
                            used(once, fed, output),
                            TfNativeFunction.VALUE),
                    type,
                    operands));
        }
    }

    private static Operand<?> placeholder(Ops tf, TensorType type) {
        return tf.placeholder(TfArray.tensorClass(type.dtype()), Placeholder.shape(TfArray.shape(type.shape())));
    }

    private Operand<?> build(Scope scope, Ops tf, Parameters parameters, List<Operand<?>> inputs) {
        try {
            return builder.build(tf, parameters, inputs);
        } catch (LaminaException e) {
            throw e;
        } catch (RuntimeException e) {
            throw scope.error(
                    ErrorCode.SHAPE,
                    name + " of TensorFlow does not take "
                            + inputs.stream().map(Operand::shape).toList() + ": " + e.getMessage()
                            + ". Give it inputs that its ops accept.");
        }
    }

    private void requireStateless(Scope scope, Graph graph) {
        graph.operations().forEachRemaining(op -> {
            if (STATEFUL.contains(op.type())) {
                throw scope.error(
                        ErrorCode.CONFIGURATION,
                        name + " of TensorFlow adds " + op.type()
                                + ", which has a state, an effect or random numbers, and "
                                + "a layer is a pure function. Ask its parameters for variables, and draw outside of it.");
            }
        });
    }

    private static Set<Integer> used(Graph graph, List<Operand<?>> fed, Operand<?> output) {
        Set<GraphOperation> before = graph.subgraphTo(Set.of(output));
        return IntStream.range(0, fed.size())
                .filter(i ->
                        fed.get(i).equals(output) || before.contains(fed.get(i).op()))
                .boxed()
                .collect(Collectors.toUnmodifiableSet());
    }

    /** What TensorFlow knows of a shape before a run is enough but for a function, which it looks into when it runs. */
    private TensorType type(Scope scope, Graph graph, List<Tensor> operands, List<Operand<?>> fed, Operand<?> output) {
        DType dtype = Arrays.stream(DType.values())
                .filter(known -> TfArray.tensorClass(known) == output.asOutput().type())
                .findFirst()
                .orElseThrow(() -> scope.error(
                        ErrorCode.DTYPE,
                        name + " of TensorFlow gives " + output.asOutput().dataType()
                                + ", which Lamina has not. Cast it."));
        if (!output.shape().hasUnknownDimension()) {
            return new TensorType(dtype, Shape.of(output.shape().asArray()));
        }
        long[] some = tried(graph, operands, fed, output, 2);
        long[] others = tried(graph, operands, fed, output, 3);
        long[] open = some.clone();
        Arrays.setAll(open, axis -> some[axis] == others[axis] ? some[axis] : Shape.BATCH);
        return new TensorType(dtype, Shape.of(open));
    }

    /** The output's sizes for a batch of zeros. */
    private static long[] tried(
            Graph graph, List<Tensor> operands, List<Operand<?>> fed, Operand<?> output, long batch) {
        List<TfTensor> zeros = new ArrayList<>();
        try (Session session = new Session(graph, TfRun.CONFIGURATION)) {
            Session.Runner runner = session.runner().fetch(output);
            for (int i = 0; i < fed.size(); i++) {
                zeros.add(TfTensor.of(HostArray.full(operands.get(i).type().bind(batch), 0)));
                runner.feed(fed.get(i), zeros.get(i).tensor());
            }
            try (Result result = runner.run()) {
                return result.get(0).shape().asArray();
            }
        } finally {
            zeros.forEach(TfTensor::close);
        }
    }

    @Override
    public String toString() {
        return "TfNativeLayer(" + name + ")";
    }
}
