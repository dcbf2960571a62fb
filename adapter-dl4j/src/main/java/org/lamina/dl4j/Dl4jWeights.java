package org.lamina.dl4j;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.vertex.BaseWrapperVertex;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.Arguments;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.io.Bundle;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Weights from networks of Deeplearning4j and into them. A network as a whole is known layer by layer, its own layers and
 * {@link Dl4jLayer}, with the weights' layouts of each: see docs/formats.md. Values move as they are, to the last bit.
 */
public final class Dl4jWeights {
    private static final String NETWORK = "the network";

    private Dl4jWeights() {}

    /** The weights of a {@link Dl4jLayer}, frozen or not, by Lamina's paths. @throws LaminaException if it is another layer */
    public static Map<String, HostArray> of(Layer layer) {
        Arguments.require(layer, "Dl4jWeights.of", "layer");
        return host(views(layer));
    }

    /** The weights of a {@link Dl4jVertex}, or of a {@link Dl4jLayer} in a graph, by Lamina's paths. */
    public static Map<String, HostArray> of(GraphVertex vertex) {
        Arguments.require(vertex, "Dl4jWeights.of", "vertex");
        return host(views(vertex));
    }

    /** Gives a {@link Dl4jLayer} weights. @throws LaminaException WEIGHTS if they do not fit; nothing was set then */
    public static void set(Layer layer, Map<String, HostArray> weights) {
        Arguments.require(layer, "Dl4jWeights.set", "layer");
        Arguments.requireAll(weights, "Dl4jWeights.set", "weights");
        set(views(layer), weights);
    }

    /** Gives a {@link Dl4jVertex} weights. @throws LaminaException WEIGHTS if they do not fit; nothing was set then */
    public static void set(GraphVertex vertex, Map<String, HostArray> weights) {
        Arguments.require(vertex, "Dl4jWeights.set", "vertex");
        Arguments.requireAll(weights, "Dl4jWeights.set", "weights");
        set(views(vertex), weights);
    }

    private static Map<String, HostArray> host(Map<String, INDArray> views) {
        Map<String, HostArray> weights = new LinkedHashMap<>();
        views.forEach((path, view) -> weights.put(path, Dl4jArray.host(view)));
        return weights;
    }

    private static void set(Map<String, INDArray> views, Map<String, HostArray> weights) {
        Map<String, TensorType> types = new LinkedHashMap<>();
        views.forEach((path, view) ->
                types.put(path, new TensorType(Dl4jArray.dtype(view.dataType()), Shape.of(view.shape()))));
        requireFit("the layer", types, weights);
        views.forEach((path, view) -> Dl4jDescription.set(view, Objects.requireNonNull(weights.get(path))));
    }

    private static Map<String, INDArray> views(Layer layer) {
        Layer inner = layer;
        while (inner instanceof BaseWrapperLayer wrapper) {
            inner = wrapper.getUnderlying();
        }
        if (inner instanceof Dl4jLayerImplementation) {
            return Dl4jDescription.byPath(inner.paramTable());
        }
        throw foreign(layer);
    }

    private static Map<String, INDArray> views(GraphVertex vertex) {
        if (vertex.getLayer() != null) {
            return views(vertex.getLayer());
        }
        if (vertex instanceof Dl4jVertexImplementation || vertex instanceof BaseWrapperVertex) {
            return Dl4jDescription.byPath(vertex.paramTable(false));
        }
        throw foreign(vertex);
    }

    private static LaminaException foreign(Object layer) {
        return new LaminaException(
                ErrorCode.WEIGHTS,
                "weights: " + layer.getClass().getSimpleName()
                        + " is no layer of Lamina's, so its weights have no paths. Use bundle or copy for a whole network.");
    }

    /**
     * A network as a neutral model with its weights, of which {@code backend.model(bundle.layer())} makes one on any backend. An
     * activation that a layer of Deeplearning4j has in it becomes a layer of its own.
     *
     * @throws LaminaException WEIGHTS, with all of its layers that have no equal
     */
    public static Bundle bundle(MultiLayerNetwork network) {
        Arguments.require(network, "Dl4jWeights.bundle", "network");
        return reader(network, new Dl4jCoefficients(Dl4jArray.host(network.params())))
                .model();
    }

    private static Dl4jReader reader(MultiLayerNetwork network, Dl4jCoefficients coefficients) {
        return new Dl4jReader(NETWORK, network.getLayerWiseConfigurations().toJson(), () -> coefficients);
    }

    /**
     * Gives a model the weights of a network of the same layers; layers without weights may differ.
     *
     * @throws LaminaException WEIGHTS if they do not fit; nothing was set then
     */
    public static void copy(MultiLayerNetwork from, Model to) {
        Arguments.require(from, "Dl4jWeights.copy", "from");
        Arguments.require(to, "Dl4jWeights.copy", "to");
        to.setParameters(bundle(from).weights().tensors());
    }

    /**
     * Gives a network the weights of a model of the same layers; layers without weights may differ.
     *
     * @throws LaminaException WEIGHTS if they do not fit; nothing was set then
     */
    public static void copy(Model from, MultiLayerNetwork to) {
        Arguments.require(from, "Dl4jWeights.copy", "from");
        Arguments.require(to, "Dl4jWeights.copy", "to");
        HostArray flat = Dl4jArray.host(to.params());
        Map<String, HostArray> places = reader(to, Dl4jCoefficients.places(flat.size()))
                .model()
                .weights()
                .tensors();
        Map<String, HostArray> weights = from.parameters();
        Map<String, TensorType> types = new LinkedHashMap<>();
        places.forEach((path, place) -> types.put(path, place.type().with(flat.dtype())));
        requireFit(NETWORK, types, weights);
        double[] values = flat.toDoubles();
        places.forEach((path, place) -> put(values, place, Objects.requireNonNull(weights.get(path))));
        try (INDArray copy = Dl4jArray.copy(HostArray.generate(flat.type(), i -> values[i]))) {
            to.setParams(copy);
        }
    }

    private static void put(double[] flat, HostArray places, HostArray weights) {
        for (int i = 0; i < places.size(); i++) {
            double place = places.doubleAt(i);
            double value = weights.doubleAt(i);
            if (place < 0) {
                flat[(int) (-1 - place)] = StrictMath.log10(value) / 2;
            } else {
                flat[(int) place] = value;
            }
        }
    }

    /** @throws LaminaException WEIGHTS, with all that is missing, unexpected or of another type */
    static void requireFit(String name, Map<String, TensorType> types, Map<String, HostArray> given) {
        List<String> wrong = new ArrayList<>();
        Stream.concat(types.keySet().stream(), given.keySet().stream())
                .distinct()
                .forEach(path -> {
                    TensorType type = types.get(path);
                    HostArray value = given.get(path);
                    if (value == null) {
                        wrong.add("missing " + path + " " + type);
                    } else if (type == null) {
                        wrong.add("unexpected " + path + " " + value.type());
                    } else if (!type.equals(value.type())) {
                        wrong.add(path + " is " + type + " in " + name + " and " + value.type() + " in the weights");
                    }
                });
        if (!wrong.isEmpty()) {
            throw new LaminaException(
                    ErrorCode.WEIGHTS,
                    "weights: they do not fit " + name + ", and nothing was set: " + String.join("; ", wrong)
                            + ". Give the weights of this architecture.");
        }
    }
}
