package org.lamina.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.util.PairList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.lamina.spi.Engine;

/** What DJL's engines do that the detours go round: a detour whose reason is gone can go too. */
class DjlDetoursTest {
    private static final float NAN = Float.NaN;
    private static final float INFINITE = Float.POSITIVE_INFINITY;

    @SuppressWarnings("NullAway.Init") // null where the profile leaves an engine out
    private Engine engine;

    @SuppressWarnings("NullAway.Init")
    private NDManager manager;

    private void open(DjlProvider provider) {
        assumeTrue(provider.isPresent(), "the profile leaves this engine out");
        engine = provider.open();
        manager = ((DjlEngine) engine).manager().newSubManager();
    }

    @AfterEach
    void close() {
        if (engine != null) {
            manager.close();
            engine.close();
        }
    }

    @Test
    void signOfNanIsZero() {
        open(new DjlProvider.PyTorch());
        assertThat(manager.create(new float[] {NAN}).sign().toFloatArray()).containsExactly(0);
    }

    @Test
    void pyTorchSumsInt32IntoInt64() {
        open(new DjlProvider.PyTorch());
        assertThat(manager.create(new int[] {1, 2}).sum(new int[] {0}).getDataType())
                .isEqualTo(DataType.INT64);
    }

    @Test
    void pyTorchTakesNoNegativeStep() {
        open(new DjlProvider.PyTorch());
        NDArray x = manager.create(new float[] {1, 2, 3});
        assertThatThrownBy(() -> x.get("::-1")).isInstanceOf(RuntimeException.class);
    }

    @Test
    void mxnetSignOfNanIsZero() {
        open(new DjlProvider.Mxnet());
        assertThat(manager.create(new float[] {NAN}).sign().toFloatArray()).containsExactly(0);
    }

    @Test
    void mxnetSumsInfinityToNan() {
        open(new DjlProvider.Mxnet());
        assertThat(manager.create(new float[] {INFINITE, 1, 2}).sum().toFloatArray())
                .containsExactly(NAN);
    }

    @Test
    void mxnetAbsOfInt64LosesDigits() {
        open(new DjlProvider.Mxnet());
        long odd = (1L << 53) + 1;
        assertThat(manager.create(new long[] {odd}).abs().toLongArray()).doesNotContain(odd);
    }

    @Test
    void mxnetMultipliesNothingToZero() {
        open(new DjlProvider.Mxnet());
        NDArray nothing = manager.create(new Shape(0), DataType.FLOAT32);
        assertThat(nothing.prod().toFloatArray()).doesNotContain(1);
    }

    /** MXNet computes later, and the failure comes with the first value that depends on it. */
    @Test
    void mxnetSigmoidRefusesAnEmptyArray() {
        open(new DjlProvider.Mxnet());
        NDArray nothing = manager.create(new Shape(0), DataType.FLOAT32);
        NDArray one = manager.ones(new Shape(1));
        assertThatThrownBy(() -> Activation.sigmoid(nothing).concat(one).toFloatArray())
                .isInstanceOf(RuntimeException.class);
    }

    /** The sigmoid of -87 is 1.6458114e-38, a normal number. */
    @Test
    void mxnetActivationLosesTheLeastSigmoids() {
        open(new DjlProvider.Mxnet());
        NDArray x = manager.create(new float[] {-87, -86});
        assertThat(Activation.sigmoid(x).toFloatArray()[0]).isZero();
        assertThat(Activation.sigmoid(x).toFloatArray()[1]).isPositive();
    }

    /** 4, 5 and 7 less their mean, by their deviation: the first is -1.07 and not infinite by 3e38. */
    @Test
    void mxnetLayerNormMultipliesBeforeItDivides() {
        open(new DjlProvider.Mxnet());
        PairList<String, Object> settings = new PairList<>();
        settings.add("axis", -1);
        settings.add("eps", 1e-5f);
        NDList operands = new NDList(
                manager.create(new float[] {4, 5, 7}, new Shape(1, 3)),
                manager.create(new float[] {3e38f, 1, 1}),
                manager.create(new float[3]));
        NDArray y = manager.invoke("_npx_layer_norm", operands, settings).get(0);
        assertThat(y.toFloatArray()[0]).isEqualTo(Float.NEGATIVE_INFINITY);
    }

    @Test
    void mxnetTransposesSixAxes() {
        open(new DjlProvider.Mxnet());
        NDArray x = manager.ones(new Shape(2, 1, 1, 1, 1, 1, 3));
        assertThatThrownBy(() -> x.transpose().toFloatArray()).hasMessageContaining("Transpose support at most 6");
    }
}
