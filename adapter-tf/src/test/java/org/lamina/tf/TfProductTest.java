package org.lamina.tf;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TType;

/** Which kernel computes a product. What it computes is compared with the reference in LargeProductTest. */
class TfProductTest {
    private static final int[] SWAPPED = {1, 0};

    @BeforeAll
    static void load() {
        new TfProvider().open().close();
    }

    @Test
    void aLargeProductHereIsOneDnns() {
        try (Graph graph = new Graph()) {
            Ops tf = Ops.create(graph);
            TfDetours detours = TfDetours.ofThisTensorFlow(tf);
            Operand<?> product = detours.products().matmul(matrix(tf, -1, 256), matrix(tf, 256, 64));

            assertThat(product.op().type()).isEqualTo(TfProduct.HAS_ONEDNN ? "_MklMatMul" : "MatMul");
            assertThat(product.shape().asArray()).containsExactly(-1, 64);
        }
    }

    @Test
    void itReadsTransposedOperandsAsTheyAre() {
        try (Graph graph = new Graph()) {
            Ops tf = Ops.create(graph);
            TfDetours detours = TfDetours.ofThisTensorFlow(tf);
            Operand<?> x = matrix(tf, 256, -1);
            Operand<?> y = matrix(tf, 64, 256);
            Operand<?> product =
                    detours.products().matmul(detours.transpose(x, SWAPPED), detours.transpose(y, SWAPPED));

            assertThat(((org.tensorflow.GraphOperation) product.op())
                            .inputList(0, 1)[0]
                            .op()
                            .name())
                    .isEqualTo(x.op().name());
            assertThat(product.shape().asArray()).containsExactly(-1, 64);
        }
    }

    @Test
    void aSmallOneAndOneOfFloat64AreEigens() {
        try (Graph graph = new Graph()) {
            Ops tf = Ops.create(graph);
            TfProduct products = TfDetours.ofThisTensorFlow(tf).products();

            assertThat(products.matmul(matrix(tf, -1, 64), matrix(tf, 64, 8))
                            .op()
                            .type())
                    .isEqualTo("MatMul");
            assertThat(products.matmul(matrix(tf, TFloat64.class, 512, 512), matrix(tf, TFloat64.class, 512, 512))
                            .op()
                            .type())
                    .isEqualTo("MatMul");
        }
    }

    @Test
    void aGraphForAnyTensorFlowHasNoKernelOfThisOneAlone() {
        try (Graph graph = new Graph()) {
            Ops tf = Ops.create(graph);
            Operand<?> product = new TfDetours(tf).products().matmul(matrix(tf, 512, 512), matrix(tf, 512, 512));

            assertThat(product.op().type()).isEqualTo("MatMul");
        }
    }

    private static Operand<?> matrix(Ops tf, long rows, long columns) {
        return matrix(tf, TFloat32.class, rows, columns);
    }

    private static Operand<?> matrix(Ops tf, Class<? extends TType> type, long rows, long columns) {
        return tf.placeholder(type, Placeholder.shape(Shape.of(rows, columns)));
    }
}
