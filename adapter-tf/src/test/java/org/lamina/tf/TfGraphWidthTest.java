package org.lamina.tf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.layer.Layer;
import org.lamina.layers.Embedding;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/** A layer whose inputs are integers works in the width of the graph it is in. */
class TfGraphWidthTest {
    private static final Layer TABLE = new Embedding(3, 2);
    /** Decimals that float32 would round by up to 3e-8. */
    private static final double[] ROWS = {0.1, 0.2, 0.3, 0.7, 1.1, 123.456789012345};

    private static Operand<TInt64> indices(Graph graph) {
        return placeholder(graph, TInt64.class);
    }

    private static <T extends TType> Operand<T> placeholder(Graph graph, Class<T> type) {
        return Ops.create(graph).placeholder(type, Placeholder.shape(org.tensorflow.ndarray.Shape.of(2)));
    }

    private static void requireRows(Graph graph, Operand<TInt64> ids, TfGraphLayer layer) {
        try (Session session = new Session(graph)) {
            session.initialize();
            layer.setWeights(session, Map.of("weight", HostArray.of(Shape.of(3, 2), ROWS)));
            TfTensor array = TfTensor.of(HostArray.of(Shape.of(2), 2L, 0L));
            try (array;
                    Result result = session.runner()
                            .feed(ids, array.tensor())
                            .fetch(layer.output(TFloat64.class))
                            .run()) {
                assertThat(new TfTensor(DType.FLOAT64, result.get(0)).download().toDoubles())
                        .containsExactly(1.1, 123.456789012345, 0.1, 0.2);
            }
        }
    }

    @Test
    void takesThatOfTheVariables() {
        try (Graph graph = new Graph()) {
            Ops tf = Ops.create(graph);
            tf.variable(tf.constant(1.0));
            placeholder(graph, TFloat32.class);
            Operand<TInt64> ids = indices(graph);
            requireRows(graph, ids, TfGraphLayer.add(graph, "table", TABLE, 1, ids));
        }
    }

    @Test
    void takesThatOfThePlaceholdersWhereThereIsNoVariable() {
        try (Graph graph = new Graph()) {
            placeholder(graph, TFloat64.class);
            Operand<TInt64> ids = indices(graph);
            requireRows(graph, ids, TfGraphLayer.add(graph, "table", TABLE, 1, ids));
        }
    }

    @Test
    void isNamedWhereAGraphHasBoth() {
        try (Graph graph = new Graph()) {
            Ops tf = Ops.create(graph);
            tf.variable(tf.constant(1.0));
            tf.variable(tf.constant(1f));
            Operand<TInt64> ids = indices(graph);
            assertThatThrownBy(() -> TfGraphLayer.add(graph, "table", TABLE, 1, ids))
                    .isInstanceOfSatisfying(
                            LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DTYPE));
            requireRows(graph, ids, TfGraphLayer.add(graph, "table", TABLE, DType.FLOAT64, 1, ids));
        }
    }

    @Test
    void isFloat32InAnEmptyGraph() {
        try (Graph graph = new Graph()) {
            assertThat(TfGraphLayer.add(graph, "table", TABLE, 1, indices(graph))
                            .output(TFloat32.class)
                            .type())
                    .isEqualTo(TFloat32.class);
        }
    }
}
