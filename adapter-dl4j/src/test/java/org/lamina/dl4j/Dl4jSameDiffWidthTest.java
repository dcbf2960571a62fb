package org.lamina.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.layer.Layer;
import org.lamina.layers.Embedding;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A layer whose inputs are integers works in the width of the graph it is in. */
class Dl4jSameDiffWidthTest {
    private static final Layer TABLE = new Embedding(3, 2);
    /** Decimals that float32 would round by up to 3e-8. */
    private static final double[] ROWS = {0.1, 0.2, 0.3, 0.7, 1.1, 123.456789012345};

    private static SDVariable indices(SameDiff graph) {
        return graph.placeHolder("ids", DataType.INT64, 2);
    }

    private static void requireRows(SameDiff graph, Dl4jSameDiffLayer layer) {
        layer.setWeights(Map.of("weight", HostArray.of(Shape.of(3, 2), ROWS)));
        String output = layer.output().name();
        Map<String, INDArray> results = graph.output(Map.of("ids", Nd4j.createFromArray(2L, 0L)), output);
        double[] y = Dl4jArray.host(Objects.requireNonNull(results.get(output))).toDoubles();
        assertThat(y).containsExactly(1.1, 123.456789012345, 0.1, 0.2);
    }

    @Test
    void takesThatOfTheVariables() {
        SameDiff graph = SameDiff.create();
        graph.var("head", Nd4j.create(DataType.DOUBLE, 2, 2));
        graph.placeHolder("mask", DataType.FLOAT, 2);
        Dl4jSameDiffLayer layer = Dl4jSameDiffLayer.add(graph, "table", TABLE, 1, indices(graph));
        assertThat(layer.output().dataType()).isEqualTo(DataType.DOUBLE);
        requireRows(graph, layer);
    }

    @Test
    void takesThatOfThePlaceholdersWhereThereIsNoVariable() {
        SameDiff graph = SameDiff.create();
        graph.placeHolder("x", DataType.DOUBLE, 2, 2);
        requireRows(graph, Dl4jSameDiffLayer.add(graph, "table", TABLE, 1, indices(graph)));
    }

    @Test
    void isNamedWhereAGraphHasBoth() {
        SameDiff graph = SameDiff.create();
        graph.var("one", Nd4j.create(DataType.DOUBLE, 2));
        graph.var("two", Nd4j.create(DataType.FLOAT, 2));
        SDVariable ids = indices(graph);
        assertThatThrownBy(() -> Dl4jSameDiffLayer.add(graph, "table", TABLE, 1, ids))
                .isInstanceOfSatisfying(
                        LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DTYPE));
        requireRows(
                graph,
                Dl4jSameDiffLayer.add(graph, "table", TABLE, DType.FLOAT64, 1, List.of(ids), List.of(Shape.of(2))));
    }

    @Test
    void isThatOfNewVariablesInAnEmptyGraph() {
        SameDiff graph = SameDiff.create();
        assertThat(Dl4jSameDiffLayer.add(graph, "table", TABLE, 1, indices(graph))
                        .output()
                        .dataType())
                .isEqualTo(Nd4j.defaultFloatingPointType());
    }
}
