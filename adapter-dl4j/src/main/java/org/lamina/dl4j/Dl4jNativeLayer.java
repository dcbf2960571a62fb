package org.lamina.dl4j;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.lamina.Arguments;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.layer.Initializer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;

/**
 * A layer of Deeplearning4j as a layer of neutral models, on the backend dl4j alone: computed and differentiated by the layer itself.
 *
 * <pre>{@code
 * Layer net = Sequential.of(new Dense(64), new Dl4jNativeLayer(new DenseLayer.Builder().nOut(10).build()));
 * }</pre>
 *
 * <p>Its parameters are declared by Deeplearning4j's names such as {@code W}, and belong to the model: it trains, freezes, saves and
 * copies them. They start with the values that a network's layer has; those of a configuration are drawn by its own weight
 * initialization, from ND4J's generator, when the shape of its input is known. The network's own arrays are never written.
 *
 * <p>The layer is a pure function of input and parameters: it always predicts, so dropout and noise on weights are left out and
 * running statistics, which are constants here as frozen parameters are, stay. Rows, images with channels first and volumes are alike
 * in both; a sequence is (batch, time, features) here and turned for it. There is no second derivative, no layer.json, and no
 * derivative where Deeplearning4j's own is wrong: of layers made of SameDiff, and of a BatchNormalization that predicts.
 */
public final class Dl4jNativeLayer implements org.lamina.layer.Layer {
    private final boolean frozen;
    private Layer layer;
    private @Nullable Map<String, HostArray> values;

    /** A layer by its configuration, which is copied. */
    public Dl4jNativeLayer(Layer configuration) {
        this(Arguments.require(configuration, "Dl4jNativeLayer", "configuration"), null);
    }

    /** A layer of a network, with the values that its parameters have now. */
    public Dl4jNativeLayer(MultiLayerNetwork network, int index) {
        this(
                network.getLayerWiseConfigurations().getConf(index).getLayer(),
                host(network.getLayer(index).paramTable()));
    }

    /** A layer of a graph, with the values that its parameters have now. @throws LaminaException CONFIGURATION if there is none */
    public Dl4jNativeLayer(ComputationGraph graph, String name) {
        this(configuration(graph, name), host(graph.getLayer(name).paramTable()));
    }

    private static Layer configuration(ComputationGraph graph, String name) {
        if (graph.getConfiguration().getVertices().get(name) instanceof LayerVertex vertex) {
            return vertex.getLayerConf().getLayer();
        }
        throw new LaminaException(
                ErrorCode.CONFIGURATION,
                "layer " + name
                        + ": the graph has no layer of that name, so there is nothing to take. Name one of its layers.");
    }

    private Dl4jNativeLayer(Layer configuration, @Nullable Map<String, HostArray> values) {
        this.frozen = configuration instanceof FrozenLayer || configuration instanceof FrozenLayerWithBackprop;
        this.layer = deterministic(thawed(configuration).clone());
        this.values = values;
    }

    private static Layer thawed(Layer layer) {
        if (layer instanceof FrozenLayer frozen) {
            return frozen.getLayer();
        }
        return layer instanceof FrozenLayerWithBackprop frozen ? frozen.getUnderlying() : layer;
    }

    /** Without what Deeplearning4j draws in training, which its backward pass would look for in vain. */
    private static Layer deterministic(Layer layer) {
        layer.setIDropout(null);
        if (layer instanceof BaseLayer base) {
            base.setWeightNoise(null);
        }
        Dl4jNativeFunction.inner(layer).forEach(Dl4jNativeLayer::deterministic);
        return layer;
    }

    private static Map<String, HostArray> host(@Nullable Map<String, INDArray> table) {
        Map<String, HostArray> host = new LinkedHashMap<>();
        if (table != null) {
            table.forEach((key, array) -> host.put(key, Dl4jArray.host(array)));
        }
        return host;
    }

    @Override
    public Tensor forward(Scope scope, Tensor x) {
        Shape shape = x.shape();
        if (shape.rank() < 2 || shape.rank() > 5) {
            throw scope.error(
                    ErrorCode.SHAPE,
                    "input: it is " + shape
                            + ", and layers of Deeplearning4j take (batch, features), sequences, images or "
                            + "volumes. Reshape it in a layer before.");
        }
        InputType input = Dl4jInputTypes.type(shape.with(0, 1));
        NeuralNetConfiguration configured = configured(scope, input);
        List<Tensor> operands = new ArrayList<>(List.of(x));
        List<String> keys = new ArrayList<>();
        values(scope, configured).forEach((key, value) -> {
            operands.add(declare(scope, configured.getLayer(), key, value.cast(scope.dtype())));
            keys.add(key);
        });
        return scope.call(
                new Dl4jNativeFunction(configured, List.copyOf(keys), Dl4jNativeFunction.VALUE),
                new TensorType(
                        scope.dtype(),
                        shape.slice(0, 1).concat(sample(configured.getLayer().getOutputType(0, input), shape))),
                operands);
    }

    /** Some layers forget the length of a sequence, or say that volumes have their channels last. */
    private static Shape sample(InputType output, Shape input) {
        if (output instanceof InputType.InputTypeRecurrent sequence && sequence.getTimeSeriesLength() <= 0) {
            return Shape.of(input.extent(1), sequence.getSize());
        }
        return output instanceof InputType.InputTypeConvolutional3D volumes
                ? Shape.of(volumes.getChannels(), volumes.getDepth(), volumes.getHeight(), volumes.getWidth())
                : Dl4jInputTypes.shape(output);
    }

    private synchronized NeuralNetConfiguration configured(Scope scope, InputType input) {
        Layer own = layer.clone();
        try {
            own.setNIn(input, true);
            if (own.getPreProcessorForInputType(input) != null) {
                throw new IllegalStateException("a preprocessor would have to come before it");
            }
        } catch (RuntimeException e) {
            throw refused(scope, input, e.getMessage());
        }
        long expected = inputs(layer);
        if (expected > 0 && expected != inputs(own)) {
            throw refused(scope, input, "its nIn is " + expected);
        }
        return new NeuralNetConfiguration.Builder()
                .dataType(Dl4jArray.dataType(scope.dtype()))
                .layer(own)
                .build();
    }

    private LaminaException refused(Scope scope, InputType input, @Nullable String why) {
        return scope.error(
                ErrorCode.SHAPE,
                "input: " + Dl4jNativeFunction.name(layer) + " cannot take " + input + " (" + why
                        + "). Give it another, such as by a Flatten before.");
    }

    /** What is learned from the first input, zero if nothing is yet. */
    private static long inputs(Layer layer) {
        List<Layer> inner = Dl4jNativeFunction.inner(layer);
        return inner.isEmpty() ? layer instanceof FeedForwardLayer known ? known.getNIn() : 0 : inputs(inner.get(0));
    }

    private synchronized Map<String, HostArray> values(Scope scope, NeuralNetConfiguration configured) {
        Map<String, HostArray> known = values;
        if (known == null) {
            known = draw(scope, configured);
            values = known;
            layer = configured.getLayer().clone();
        }
        return known;
    }

    private static Map<String, HostArray> draw(Scope scope, NeuralNetConfiguration configured) {
        MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces();
        long count = configured.getLayer().initializer().numParams(configured);
        INDArray flat = count == 0 ? null : Nd4j.create(configured.getDataType(), count);
        try {
            org.deeplearning4j.nn.api.Layer drawn = Dl4jNativeFunction.instantiate(configured, flat, true);
            if (drawn instanceof IOutputLayer) {
                throw scope.error(
                        ErrorCode.CONFIGURATION,
                        "layer: " + Dl4jNativeFunction.name(configured.getLayer())
                                + " has a loss in it, which a neutral model gets from its trainer. Use a DenseLayer.");
            }
            return host(drawn.paramTable());
        } finally {
            if (flat != null) {
                flat.close();
            }
            outside.close();
        }
    }

    /** What Deeplearning4j's updaters leave alone is a constant. */
    private Tensor declare(Scope scope, Layer configuration, String key, HostArray value) {
        String path = key.replaceAll("[^A-Za-z0-9_-]", "_");
        return frozen || updater(configuration, key) instanceof NoOp
                ? scope.constant(path, value.shape(), Initializer.of(value))
                : scope.parameter(path, value.shape(), Initializer.of(value));
    }

    private static IUpdater updater(Layer configuration, String key) {
        return configuration instanceof BaseWrapperLayer wrapper
                ? updater(wrapper.getUnderlying(), key)
                : configuration.getUpdaterByParam(key);
    }

    @Override
    public String toString() {
        return "Dl4jNativeLayer(" + layer.getClass().getSimpleName() + ")";
    }
}
