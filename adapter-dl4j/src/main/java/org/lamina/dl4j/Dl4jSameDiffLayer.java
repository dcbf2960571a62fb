package org.lamina.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.lamina.Arguments;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.Width;
import org.lamina.graph.Graph;
import org.lamina.graph.Node;
import org.lamina.layer.Declaration;
import org.lamina.layer.Layer;
import org.lamina.layer.Role;
import org.lamina.layer.Trace;
import org.lamina.layer.TracedLayer;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A layer inside a SameDiff graph of your own, with variables of its own: {@code name.path}, such as {@code hidden.0.weight}.
 * Parameters are variables that SameDiff trains, constants and states are constants of the graph.
 *
 * <p>SameDiff differentiates what is added here; the primitives are laid so that its derivatives are right but for those in
 * docs/known-deviations.md. The layer is that of a prediction: dropout lets everything through, and a normalization uses its
 * running statistics. To train with those, use {@link Dl4jLayer}.
 */
public final class Dl4jSameDiffLayer {
    private final String name;
    private final Map<String, Declaration> declarations;
    private final Map<String, SDVariable> variables = new LinkedHashMap<>();
    private final List<SDVariable> outputs;

    private Dl4jSameDiffLayer(SameDiff target, String name, TracedLayer traced, long seed, List<SDVariable> inputs) {
        this.name = name;
        this.declarations = traced.declarations();
        List<Node> given = new ArrayList<>(traced.inputs());
        given.addAll(traced.declared().values());
        List<SDVariable> operands = new ArrayList<>(inputs);
        for (Declaration declaration : declarations.values()) {
            SDVariable variable = declare(target, declaration, declaration.draw(seed));
            variables.put(declaration.path(), variable);
            operands.add(variable);
        }
        outputs = Dl4jSameDiffLowering.add(target, Graph.of(given, traced.outputs()), operands);
    }

    /**
     * Adds a layer to a graph, in the width of its float inputs; if all are integers, in that of the graph's variables, else of its
     * placeholders, else of its other values; in an empty graph in ND4J's default for floats.
     *
     * @param target the graph; only its ops and variables grow
     * @param name before the paths of the layer's variables; no variable of the graph starts with it
     * @param layer any layer; of several outputs too
     * @param seed draws the parameters, the same bits as {@code Model.initialize} with it
     * @param inputs placeholders or variables of known shapes, without open sizes: SameDiff's own ops need them
     * @throws LaminaException SHAPE if an input's shape is not known, DTYPE if what decides the width has both, CONFIGURATION if the layer draws random numbers in a
     *     prediction, else whatever the layer finds wrong with the inputs
     */
    public static Dl4jSameDiffLayer add(SameDiff target, String name, Layer layer, long seed, SDVariable... inputs) {
        Arguments.require(target, "Dl4jSameDiffLayer.add", "target");
        Arguments.require(name, "Dl4jSameDiffLayer.add", "name");
        Arguments.require(layer, "Dl4jSameDiffLayer.add", "layer");
        Arguments.requireAll(inputs, "Dl4jSameDiffLayer.add", "inputs");
        return add(
                target,
                name,
                layer,
                seed,
                List.of(inputs),
                Arrays.stream(inputs).map(Dl4jSameDiffLayer::shape).toList());
    }

    /** Adds a layer whose inputs are results of other ops, of which SameDiff does not know the shapes. */
    public static Dl4jSameDiffLayer add(
            SameDiff target, String name, Layer layer, long seed, List<SDVariable> inputs, List<Shape> shapes) {
        Arguments.require(target, "Dl4jSameDiffLayer.add", "target");
        Arguments.require(name, "Dl4jSameDiffLayer.add", "name");
        Arguments.require(layer, "Dl4jSameDiffLayer.add", "layer");
        Arguments.requireAll(inputs, "Dl4jSameDiffLayer.add", "inputs");
        Arguments.requireAll(shapes, "Dl4jSameDiffLayer.add", "shapes");
        return add(target, name, layer, width(target, inputs), seed, inputs, shapes);
    }

    /**
     * Adds a layer whose parameters have a dtype of their own, as where a graph has both widths.
     *
     * @param dtype float32 or float64, that of the float inputs if there are any
     */
    public static Dl4jSameDiffLayer add(
            SameDiff target,
            String name,
            Layer layer,
            DType dtype,
            long seed,
            List<SDVariable> inputs,
            List<Shape> shapes) {
        Arguments.require(target, "Dl4jSameDiffLayer.add", "target");
        Arguments.require(name, "Dl4jSameDiffLayer.add", "name");
        Arguments.require(layer, "Dl4jSameDiffLayer.add", "layer");
        Arguments.require(dtype, "Dl4jSameDiffLayer.add", "dtype");
        Arguments.requireAll(inputs, "Dl4jSameDiffLayer.add", "inputs");
        Arguments.requireAll(shapes, "Dl4jSameDiffLayer.add", "shapes");
        List<TensorType> types = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            types.add(new TensorType(Dl4jArray.dtype(inputs.get(i).dataType()), shapes.get(i)));
        }
        TracedLayer traced = Trace.declaring(layer, dtype, types);
        if (!traced.randoms().isEmpty()) {
            throw new LaminaException(
                    ErrorCode.CONFIGURATION,
                    "layer " + name
                            + ": it draws random numbers in a prediction, which a SameDiff graph cannot get from "
                            + "Lamina. Use Dl4jLayer in a network.");
        }
        return new Dl4jSameDiffLayer(target, name, traced, seed, inputs);
    }

    private static DType width(SameDiff target, List<SDVariable> inputs) {
        return Width.among("the inputs", dtypes(inputs))
                .or(() -> Width.among(
                        "its inputs are integers, and the graph's variables", of(target, VariableType.VARIABLE)))
                .or(() -> Width.among(
                        "its inputs are integers, and the graph's placeholders", of(target, VariableType.PLACEHOLDER)))
                .or(() -> Width.among("its inputs are integers, and the graph's values", dtypes(target.variables())))
                .orElseGet(() -> Dl4jArray.dtype(Nd4j.defaultFloatingPointType()));
    }

    private static List<DType> of(SameDiff target, VariableType type) {
        return dtypes(target.variables().stream()
                .filter(variable -> variable.getVariableType() == type)
                .toList());
    }

    /** Those that Lamina has; a graph may have others. */
    private static List<DType> dtypes(List<SDVariable> variables) {
        return variables.stream()
                .flatMap(variable ->
                        Arrays.stream(DType.values()).filter(dtype -> Dl4jArray.dataType(dtype) == variable.dataType()))
                .toList();
    }

    private static Shape shape(SDVariable input) {
        long[] sizes = input.isPlaceHolder() ? input.placeholderShape() : input.getShape();
        if (sizes == null || Arrays.stream(sizes).anyMatch(size -> size < 0)) {
            throw new LaminaException(
                    ErrorCode.SHAPE,
                    "input " + input.name() + ": its shape is "
                            + (sizes == null ? "not known" : Arrays.toString(sizes))
                            + ", and a layer in a SameDiff graph needs all sizes. Give the placeholder a fixed batch size, or "
                            + "call add with shapes.");
        }
        return Shape.of(sizes);
    }

    private SDVariable declare(SameDiff target, Declaration declaration, HostArray value) {
        String full = name + "." + declaration.path();
        return declaration.role() == Role.TRAINED
                ? target.var(full, Dl4jArray.copy(value))
                : target.constant(full, Dl4jArray.copy(value));
    }

    /** The outputs, in order. */
    public List<SDVariable> outputs() {
        return outputs;
    }

    /** The only output. @throws LaminaException ARITY if there are several */
    public SDVariable output() {
        if (outputs.size() != 1) {
            throw new LaminaException(
                    ErrorCode.ARITY,
                    "layer " + name + " has " + outputs.size() + " outputs where one is wanted. Call outputs().");
        }
        return outputs.get(0);
    }

    /** Its variables by path. */
    public Map<String, SDVariable> variables() {
        return Collections.unmodifiableMap(variables);
    }

    /** The values of its variables now, by path: weights for {@code Model.setParameters}. */
    public Map<String, HostArray> weights() {
        Map<String, HostArray> weights = new LinkedHashMap<>();
        variables.forEach((path, variable) -> weights.put(path, Dl4jArray.host(variable.getArr())));
        return weights;
    }

    /**
     * Gives all its variables values, such as {@code Model.parameters()}.
     *
     * @throws LaminaException WEIGHTS if some are missing, unexpected or of another type; nothing was set then
     */
    public void setWeights(Map<String, HostArray> weights) {
        Arguments.requireAll(weights, "Dl4jSameDiffLayer.setWeights", "weights");
        Map<String, TensorType> types = new LinkedHashMap<>();
        declarations.forEach((path, declaration) -> types.put(path, declaration.type()));
        Dl4jWeights.requireFit("layer " + name, types, weights);
        variables.forEach((path, variable) -> {
            try (INDArray copy = Dl4jArray.copy(Objects.requireNonNull(weights.get(path)))) {
                variable.getArr().assign(copy);
            }
        });
    }
}
