package org.lamina.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.layers.AffineTransform;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Dense;
import org.lamina.layers.HalfFourier;
import org.lamina.layers.MyDense;
import org.lamina.layers.Sequential;
import org.lamina.layers.Softmax;
import org.lamina.layers.TensorReduction;

/** A layer that does not ask for the batch size is traced for every batch size at once. */
class OpenBatchTest {
    private static final Shape OPEN = Shape.of(Shape.BATCH, 8);

    @Test
    void leavesTheBatchOpenInTheChaptersLayers() {
        assertThat(Tracing.outputShape(Sequential.of(new Dense(16), new CenteredLayer(), new MyDense(4)), OPEN))
                .hasToString("(N, 4)");
        assertThat(Tracing.outputShape(new TensorReduction(3), OPEN)).hasToString("(N, 3)");
        assertThat(Tracing.outputShape(new HalfFourier(), OPEN)).hasToString("(N, 5, 2)");
        assertThat(Tracing.outputShape(new AffineTransform(), OPEN)).hasToString("(N, 8)");
        assertThat(Tracing.outputShape(new Softmax(), OPEN)).hasToString("(N, 8)");
    }

    @Test
    void leavesTheBatchOpenInOpsAroundIt() {
        Layer layer = (scope, x) -> Tensor.concat(
                        1, x.reshape(-1, 4, 2).transpose(0, 2, 1).reshape(-1, 8), x)
                .slice(1, 0, 16, 3)
                .cumSum(1)
                .sub(x.variance(1))
                .div(x.count());
        assertThat(Tracing.outputShape(layer, OPEN)).hasToString("(N, 6)");
        assertThat(Tracing.outputShape((scope, x) -> Tensor.einsum("bi,bj->bij", x, x), OPEN))
                .hasToString("(N, 8, 8)");
        assertThat(Tracing.outputShape((scope, x) -> x.matmul(x.transpose()), OPEN))
                .hasToString("(N, N)");
    }

    @Test
    void saysSoWhenTheBatchSizeIsNeeded() {
        assertOpen((scope, x) -> x.mul((double) x.shape().dim(0)));
        assertOpen((scope, x) -> x.reshape(x.shape().size()));
        assertOpen((scope, x) -> Tensor.concat(0, x, x));
        assertOpen((scope, x) -> x.reverse(0));
        assertOpen((scope, x) -> scope.parameter("w", x.shape(), Initializer.zeros()));
    }

    private static void assertOpen(Layer layer) {
        assertThatThrownBy(() -> Tracing.trace(layer, OPEN))
                .isInstanceOfSatisfying(
                        LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BATCH_OPEN));
        assertThat(Tracing.trace(layer, Shape.of(4, 8)).outputs()).hasSize(1);
    }
}
