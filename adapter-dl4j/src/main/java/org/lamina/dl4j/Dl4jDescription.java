package org.lamina.dl4j;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.io.LayerJson;
import org.lamina.layer.Declaration;
import org.lamina.layer.Layer;
import org.lamina.layer.Role;
import org.lamina.layer.Trace;
import org.lamina.layer.TracedLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What a configuration says: a layer.json and the shapes of one sample's inputs, worked out. */
final class Dl4jDescription {
    private final Layer layer;
    private final Map<String, Declaration> declarations;
    private final Shape output;

    /**
     * Reads the layer and traces it.
     *
     * @param samples the shapes of the inputs without the batch
     * @throws LaminaException whatever is wrong with the text, or the layer finds wrong with the inputs; ARITY unless it has
     *     one output
     */
    Dl4jDescription(String layerJson, List<Shape> samples) {
        this.layer = LayerJson.standard().parse(layerJson);
        TracedLayer traced = traced(layer, samples);
        if (traced.outputs().size() != 1) {
            throw new LaminaException(
                    ErrorCode.ARITY,
                    "layer: it gives " + traced.outputs().size()
                            + " outputs, and one in a network of Deeplearning4j gives one. Join them in a layer around it.");
        }
        this.declarations = traced.declarations();
        this.output = traced.outputs().get(0).type().shape();
    }

    /** A layer that asks for the size of its batch declares the same whatever it is. */
    private static TracedLayer traced(Layer layer, List<Shape> samples) {
        try {
            return Trace.of(layer, DType.FLOAT32, types(samples, Shape.BATCH), false);
        } catch (LaminaException e) {
            if (e.code() != ErrorCode.BATCH_OPEN) {
                throw e;
            }
            return Trace.of(layer, DType.FLOAT32, types(samples, 2), false);
        }
    }

    private static List<TensorType> types(List<Shape> samples, long batch) {
        return samples.stream()
                .map(sample -> new TensorType(DType.FLOAT32, Shape.of(batch).concat(sample)))
                .toList();
    }

    Layer layer() {
        return layer;
    }

    /** What the layer declares, by path. */
    Map<String, Declaration> declarations() {
        return declarations;
    }

    /** The shape of its output, the batch first. */
    Shape output() {
        return output;
    }

    /** The name of a parameter in Deeplearning4j, which takes what comes before the last '_' for the layer's name. */
    static String key(String path) {
        return path.replace('_', '~');
    }

    /** The declaration under one of Deeplearning4j's names. */
    Declaration declaration(String key) {
        Declaration declaration = declarations.get(key.replace('~', '_'));
        if (declaration == null) {
            throw new LaminaException(
                    ErrorCode.UNKNOWN_PARAMETER,
                    "parameter \"" + key + "\" does not exist; the layer has " + keys(any -> true)
                            + ". Use one of these.");
        }
        return declaration;
    }

    /** Deeplearning4j's names of some declarations. */
    List<String> keys(Predicate<Declaration> which) {
        return declarations.values().stream()
                .filter(which)
                .map(declaration -> key(declaration.path()))
                .toList();
    }

    /** True for what is trained and of two axes or more, which Deeplearning4j regularizes as weights. */
    static boolean isWeight(Declaration declaration) {
        return isTrained(declaration) && declaration.type().shape().rank() > 1;
    }

    /** True for other trained values: biases, gains and the like. */
    static boolean isBias(Declaration declaration) {
        return isTrained(declaration) && declaration.type().shape().rank() < 2;
    }

    static boolean isTrained(Declaration declaration) {
        return declaration.role() == Role.TRAINED;
    }

    /** The number of all elements. */
    long count() {
        return declarations.values().stream()
                .mapToLong(declaration -> declaration.type().shape().size())
                .sum();
    }

    /** Views of each declaration, by Deeplearning4j's names, in a flat array of them one after another in C order. */
    Map<String, INDArray> views(INDArray flat) {
        Map<String, INDArray> views = new LinkedHashMap<>();
        long offset = flat.offset();
        for (Declaration declaration : declarations.values()) {
            Shape shape = declaration.type().shape();
            views.put(key(declaration.path()), Dl4jArray.packed(flat, offset, shape.toArray()));
            offset += shape.size();
        }
        return views;
    }

    /** Draws all values by Lamina's initializers. */
    void draw(Map<String, INDArray> views, long seed) {
        for (Declaration declaration : declarations.values()) {
            INDArray view = Objects.requireNonNull(views.get(key(declaration.path())));
            TensorType type = declaration.type().with(Dl4jArray.dtype(view.dataType()));
            set(
                    view,
                    new Declaration(declaration.path(), type, declaration.initializer(), declaration.role())
                            .draw(seed));
        }
    }

    static void set(INDArray view, HostArray value) {
        try (INDArray copy = Dl4jArray.copy(value)) {
            view.assign(copy);
        }
    }

    /** The views by Lamina's paths. */
    static Map<String, INDArray> byPath(Map<String, INDArray> views) {
        Map<String, INDArray> values = new LinkedHashMap<>();
        views.forEach((key, view) -> values.put(key.replace('~', '_'), view));
        return values;
    }

    /** Shapes as numbers, for a configuration's JSON. */
    static List<Shape> shapes(List<long[]> sizes) {
        List<Shape> shapes = new ArrayList<>();
        sizes.forEach(size -> shapes.add(Shape.of(size)));
        return shapes;
    }
}
