package org.lamina.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.samediff.SDVertexParams;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffVertex;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.jspecify.annotations.Nullable;
import org.lamina.Arguments;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.io.LayerJson;
import org.lamina.layer.Declaration;
import org.lamina.layer.Layer;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * A Lamina layer of several inputs as a vertex of a ComputationGraph; otherwise as {@link Dl4jLayer}.
 *
 * <pre>{@code
 * graph.addVertex("attention", new Dl4jVertex(new MultiHeadAttention(4, 64)), "queries", "keys")
 * }</pre>
 *
 * <p>Of Deeplearning4j's SameDiffVertex it has what a graph gives to that class alone, its updater and its regularization; no
 * SameDiff is in it.
 */
public final class Dl4jVertex extends SameDiffVertex {
    private static final long serialVersionUID = 1;

    private String layerJson = "";
    private List<long[]> inputShapes = List.of();
    private @Nullable Long seed;
    private boolean timeLast = true;
    private transient @Nullable Dl4jDescription description;

    /** For Jackson. */
    private Dl4jVertex() {}

    /** A vertex of a layer. @throws LaminaException UNKNOWN_LAYER if the layer, or one in it, is not registered */
    public Dl4jVertex(Layer layer) {
        this.layerJson = LayerJson.standard().format(Arguments.require(layer, "Dl4jVertex", "layer"));
    }

    /** The text of the layer.json. */
    public String getLayerJson() {
        return layerJson;
    }

    /** For Jackson. */
    public void setLayerJson(String text) {
        this.layerJson = text;
        this.description = null;
    }

    /** The shapes of one sample of each input as the layer sees it; empty until they are known. */
    public List<long[]> getInputShapes() {
        return inputShapes;
    }

    /** The shapes of one sample of each input, where the graph is given no input types. */
    public void setInputShapes(List<long[]> shapes) {
        this.inputShapes = new ArrayList<>(shapes);
        this.description = null;
    }

    /** The seed, null if it follows from the graph's. */
    public @Nullable Long getSeed() {
        return seed;
    }

    /** See {@link Dl4jLayer.Builder#seed}. */
    public void setSeed(@Nullable Long value) {
        this.seed = value;
    }

    /** True if sequences have their time last in the graph, as they do unless it has the format NWC. */
    public boolean isTimeLast() {
        return timeLast;
    }

    /** For Jackson, and for graphs of the format NWC without input types. */
    public void setTimeLast(boolean value) {
        this.timeLast = value;
    }

    Dl4jDescription description() {
        Dl4jDescription known = description;
        if (known == null) {
            if (inputShapes.isEmpty()) {
                throw new LaminaException(
                        ErrorCode.NOT_INITIALIZED,
                        "vertex " + getLayerName()
                                + ": the shapes of its inputs are not known, so it has no parameters yet. "
                                + "Call setInputTypes on the graph's configuration, or setInputShapes on this vertex.");
            }
            known = new Dl4jDescription(
                    layerJson, inputShapes.stream().map(Shape::of).toList());
            description = known;
        }
        return known;
    }

    @Override
    public void defineParametersAndInputs(SDVertexParams params) {
        params.defineInputs(inputShapes.size());
        for (Declaration declaration : description().declarations().values()) {
            String key = Dl4jDescription.key(declaration.path());
            long[] shape = declaration.type().shape().rank() == 0
                    ? new long[] {1}
                    : declaration.type().shape().toArray();
            if (Dl4jDescription.isWeight(declaration)) {
                params.addWeightParam(key, shape);
            } else {
                params.addBiasParam(key, shape);
            }
        }
    }

    /** Without a seed of its own a vertex takes the next of ND4J's generator, which the graph seeds before its first layer. */
    @Override
    public void initializeParameters(Map<String, INDArray> params) {
        if (!params.isEmpty()) {
            description().draw(params, seed == null ? Nd4j.getRandom().nextLong() : seed);
        }
    }

    /** @throws LaminaException always: nothing of a Lamina layer is computed by SameDiff in a graph */
    @Override
    public SDVariable defineVertex(
            SameDiff sameDiff,
            Map<String, SDVariable> layerInput,
            Map<String, SDVariable> paramTable,
            Map<String, SDVariable> maskVars) {
        throw new LaminaException(
                ErrorCode.CONFIGURATION,
                "vertex " + getLayerName()
                        + ": it computes by Lamina's graphs, not by SameDiff's. Use Dl4jSameDiffLayer to add a layer to SameDiff.");
    }

    @Override
    public long numParams(boolean backprop) {
        return description().count();
    }

    @Override
    public int minVertexInputs() {
        return Math.max(1, inputShapes.size());
    }

    @Override
    public int maxVertexInputs() {
        return inputShapes.isEmpty() ? -1 : inputShapes.size();
    }

    @Override
    public GraphVertex instantiate(
            ComputationGraph graph,
            String name,
            int idx,
            INDArray paramsView,
            boolean initializeParams,
            DataType networkDatatype) {
        setName(name);
        return new Dl4jVertexImplementation(this, graph, name, idx, paramsView, initializeParams, networkDatatype);
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType... vertexInputs) {
        List<Shape> shapes =
                Arrays.stream(vertexInputs).map(Dl4jInputTypes::shape).toList();
        setInputShapes(shapes.stream().map(Shape::toArray).toList());
        timeLast = Arrays.stream(vertexInputs).allMatch(Dl4jInputTypes::isTimeLast);
        return Dl4jInputTypes.type(description().output(), vertexInputs);
    }

    @Override
    public MemoryReport getMemoryReport(InputType... inputTypes) {
        InputType output = getOutputType(-1, inputTypes);
        long count = description().count();
        long state = updater == null ? 0 : updater.stateSize(count);
        return new LayerMemoryReport.Builder(getLayerName(), Dl4jVertex.class, inputTypes[0], output)
                .standardMemory(count, state)
                .workingMemory(0, 0, 0, output.arrayElementsPerExample())
                .cacheMemory(MemoryReport.CACHE_MODE_ALL_ZEROS, MemoryReport.CACHE_MODE_ALL_ZEROS)
                .build();
    }

    @Override
    public @Nullable List<Regularization> getRegularizationByParam(String paramName) {
        Declaration declaration = description().declaration(paramName);
        return Dl4jDescription.isWeight(declaration)
                ? regularization
                : Dl4jDescription.isBias(declaration) ? regularizationBias : null;
    }

    /** What is not trained is left alone. */
    @Override
    public IUpdater getUpdaterByParam(String paramName) {
        Declaration declaration = description().declaration(paramName);
        if (!Dl4jDescription.isTrained(declaration)) {
            return new NoOp();
        }
        return Dl4jDescription.isBias(declaration) && biasUpdater != null ? biasUpdater : updater;
    }

    @Override
    public Dl4jVertex clone() {
        Dl4jVertex copy = new Dl4jVertex();
        copy.setName(getName());
        copy.regularization = regularization == null ? null : new ArrayList<>(regularization);
        copy.regularizationBias = regularizationBias == null ? null : new ArrayList<>(regularizationBias);
        copy.updater = updater == null ? null : updater.clone();
        copy.biasUpdater = biasUpdater == null ? null : biasUpdater.clone();
        copy.gradientNormalization = gradientNormalization;
        copy.gradientNormalizationThreshold = gradientNormalizationThreshold;
        copy.dataType = dataType;
        copy.layerJson = layerJson;
        copy.inputShapes = new ArrayList<>(inputShapes);
        copy.seed = seed;
        copy.timeLast = timeLast;
        return copy;
    }

    private List<List<Long>> sizes() {
        return inputShapes.stream()
                .map(shape -> Arrays.stream(shape).boxed().toList())
                .toList();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Dl4jVertex that
                && layerJson.equals(that.layerJson)
                && sizes().equals(that.sizes())
                && Objects.equals(seed, that.seed)
                && timeLast == that.timeLast
                && Objects.equals(getName(), that.getName())
                && Objects.equals(regularization, that.regularization)
                && Objects.equals(regularizationBias, that.regularizationBias)
                && Objects.equals(updater, that.updater)
                && Objects.equals(biasUpdater, that.biasUpdater)
                && gradientNormalization == that.gradientNormalization;
    }

    @Override
    protected boolean canEqual(Object other) {
        return other instanceof Dl4jVertex;
    }

    @Override
    public int hashCode() {
        return Objects.hash(layerJson, sizes(), seed, timeLast, getName());
    }

    @Override
    public String toString() {
        return "Dl4jVertex(" + layerJson.replaceAll("\\s+", " ") + ")";
    }
}
