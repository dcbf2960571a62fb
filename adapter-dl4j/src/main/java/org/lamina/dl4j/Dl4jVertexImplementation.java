package org.lamina.dl4j;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.BaseGraphVertex;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.lamina.Generator;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What a {@link Dl4jVertex} does in a graph. */
@SuppressWarnings("overrides") // of Deeplearning4j's two setInputs only one has '...'
final class Dl4jVertexImplementation extends BaseGraphVertex {
    private static final long serialVersionUID = 1;

    private final Dl4jVertex config;
    private final @Nullable INDArray flat;
    private final transient Map<String, INDArray> views;
    private final long seed;
    private transient @Nullable Dl4jComputation computation;
    private @Nullable INDArray flatGradients;
    private transient Map<String, INDArray> gradients = Map.of();

    Dl4jVertexImplementation(
            Dl4jVertex config,
            ComputationGraph graph,
            String name,
            int vertexIndex,
            @Nullable INDArray flat,
            boolean initialize,
            DataType dataType) {
        super(graph, name, vertexIndex, null, null, dataType);
        this.config = config;
        this.flat = flat;
        this.views = flat == null ? Map.of() : config.description().views(flat);
        Long own = config.getSeed();
        this.seed = own == null
                ? Generator.of(graph.conf().getSeed()).split(vertexIndex).bits(0)
                : own;
        if (initialize) {
            config.initializeParameters(views);
        }
    }

    private Dl4jComputation computation() {
        Dl4jComputation known = computation;
        if (known == null) {
            known = new Dl4jComputation(config.description(), dataType, config.isTimeLast());
            computation = known;
        }
        return known;
    }

    private Dl4jFunction.Call call(boolean training) {
        return training
                ? new Dl4jFunction.Call(true, seed, graph.getIterationCount() + 1L)
                : Dl4jFunction.Call.prediction();
    }

    @Override
    public INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
        return computation().forward(List.of(inputs), views, call(training), workspaces);
    }

    @Override
    public Pair<Gradient, INDArray[]> doBackward(boolean truncated, LayerWorkspaceMgr workspaces) {
        return computation()
                .backward(
                        List.of(inputs),
                        views,
                        epsilon,
                        call(computation().isTraining()),
                        new Dl4jComputation.Targets(views, gradients),
                        workspaces);
    }

    @Override
    public void setBackpropGradientsViewArray(INDArray view) {
        flatGradients = view;
        gradients = config.description().views(view);
    }

    @Override
    public @Nullable INDArray getGradientsViewArray() {
        return flatGradients;
    }

    @Override
    public @Nullable Pair<INDArray, MaskState> feedForwardMaskArrays(
            INDArray @Nullable [] masks, MaskState state, int minibatchSize) {
        if (masks != null) {
            Arrays.stream(masks).forEach(Dl4jComputation::requireNoMask);
        }
        return null;
    }

    @Override
    public boolean hasLayer() {
        return false;
    }

    @Override
    public @Nullable Layer getLayer() {
        return null;
    }

    @Override
    public Map<String, INDArray> paramTable(boolean backpropOnly) {
        return views;
    }

    @Override
    public TrainingConfig getConfig() {
        return config;
    }

    @Override
    public @Nullable INDArray params() {
        return flat;
    }

    @Override
    public String toString() {
        return "Dl4jVertex(id=" + vertexIndex + ", name=\"" + vertexName + "\", " + config + ")";
    }
}
