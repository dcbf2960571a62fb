package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.Generator;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.layer.Declaration;
import org.lamina.layer.Initializer;
import org.lamina.layer.Role;
import org.lamina.train.Split;

/** The vectors of SPEC.md, which a second implementation in Python computed; bits(0) of seed 0 is one that Random123 publishes. */
class GeneratorRulesTest {
    private final Generator generator = Generator.of(42);

    @Test
    @Rule("6.1")
    void bits() {
        assertThat(Generator.of(0).bits(0)).isEqualTo(0xe169c58d6627e8d5L);
        assertThat(Generator.of(0).bits(1)).isEqualTo(0x5cb200dbf8e4cca4L);
        assertThat(generator.bits(0)).isEqualTo(0x77f5493b9ceaf053L);
        assertThat(generator.bits(1L << 32)).isEqualTo(0x7dbf5de842e0b8b3L);
        assertThat(generator.bits(-1)).isEqualTo(0x176438358f40bd76L);
        assertThat(Generator.of(-1).bits(0)).isEqualTo(0x1547473972a47709L);
    }

    @Test
    @Rule("6.2")
    void uniform() {
        assertThat(generator.uniform(0)).isEqualTo(0x1.dfd524ee73abcp-2);
        assertThat(generator.uniform(1)).isEqualTo(0x1.4ee9b3f7f36c8p-2);
        assertThat(generator.uniform(2)).isEqualTo(0x1.510ebb97a6d80p-1);
    }

    @Test
    @Rule("6.3")
    void normal() {
        assertThat(generator.normal(0)).isEqualTo(-0x1.371e09f80c7dcp-1);
        assertThat(generator.normal(1)).isEqualTo(-0x1.b510d5acb221cp-1);
        assertThat(generator.normal(2)).isEqualTo(0x1.bb237dc38ea2fp-3);
    }

    @Test
    @Rule("6.4")
    void split() {
        assertThat(generator.split(7).bits(5))
                .isEqualTo(Generator.of(0x5281c34e4c78c45fL).bits(5));
        assertThat(generator.split("0.weight").bits(0)).isEqualTo(0x7514caae224697b4L);
        assertThat(generator.split("0.weight").bits(0))
                .isEqualTo(Generator.of(0x87a43160261d34faL).bits(0));
    }

    @Test
    @Rule("6.5")
    void permutation() {
        assertThat(generator.permutation(8)).containsExactly(7, 3, 6, 5, 1, 2, 4, 0);
    }

    private static HostArray draw(Initializer initializer, DType dtype, long... sizes) {
        return new Declaration("weight", new TensorType(dtype, Shape.of(sizes)), initializer, Role.TRAINED).draw(42);
    }

    private static double bound(Initializer initializer, long... sizes) {
        return draw(initializer, DType.FLOAT64, sizes).doubleAt(0);
    }

    @Test
    @Rule("6.6")
    void parametersAreDrawnByTheirPath() {
        HostArray weight = draw(Initializer.normal(0, 1), DType.FLOAT64, 2, 3);
        assertThat(weight.doubleAt(0)).isEqualTo(0x1.0779db3edd7d8p0);
        assertThat(weight.get(1, 0)).isEqualTo(generator.split("weight").normal(3));
        HostArray rounded = draw(Initializer.normal(0, 1), DType.FLOAT32, 2, 3);
        assertThat(rounded.doubleAt(0)).isEqualTo(0x1.0779dcp0);
        assertThat(rounded).isEqualTo(weight.cast(DType.FLOAT32));
    }

    @Test
    @Rule("6.7")
    void distributionsAreScaled() {
        double u = generator.split("weight").uniform(0);
        double z = generator.split("weight").normal(0);
        assertThat(bound(Initializer.uniform(-0.3, 0.7), 4)).isEqualTo(-0.3 + (0.7 - -0.3) * u);
        assertThat(bound(Initializer.normal(0.1, 0.7), 4)).isEqualTo(0.1 + 0.7 * z);
        assertThat(bound(Initializer.constant(0.1), 4)).isEqualTo(0.1);
        assertThat(draw(Initializer.constant(0.1), DType.FLOAT32, 1).doubleAt(0))
                .isEqualTo(0.1f);
    }

    @Test
    @Rule("6.8")
    void fansScaleTheInitializers() {
        double u = generator.split("weight").uniform(0);
        double z = generator.split("weight").normal(0);
        assertThat(bound(Initializer.glorotUniform(), 3, 5)).isEqualTo(-Math.sqrt(0.75) + 2 * Math.sqrt(0.75) * u);
        assertThat(bound(Initializer.glorotNormal(), 3, 5)).isEqualTo(0.5 * z);
        assertThat(bound(Initializer.heUniform(), 6, 5)).isEqualTo(-1 + 2 * u);
        assertThat(bound(Initializer.heNormal(), 2, 5)).isEqualTo(z);
        assertThat(Initializer.fanIn(Shape.of(4, 3, 2, 2))).isEqualTo(12);
        assertThat(Initializer.fanOut(Shape.of(4, 3, 2, 2))).isEqualTo(16);
        assertThat(Initializer.fanIn(Shape.of(7))).isEqualTo(7);
        assertThat(Initializer.fanOut(Shape.of(7))).isEqualTo(7);
        assertThat(Initializer.fanIn(Shape.scalar()) + Initializer.fanOut(Shape.scalar()))
                .isEqualTo(2);
    }

    @Test
    @Rule("6.9")
    void initializersGiveWhatIsAskedFor() {
        Initializer narrow = (type, own) -> HostArray.full(type.with(Shape.of(1)), 1);
        Initializer wide = (type, own) -> HostArray.full(type.with(DType.FLOAT64), 1);
        for (Initializer wrong : List.of(narrow, wide, Initializer.of(HostArray.of(Shape.of(2), 1f, 2f)))) {
            assertThatThrownBy(() -> draw(wrong, DType.FLOAT32, 3))
                    .isInstanceOfSatisfying(
                            LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SHAPE));
        }
    }

    @Test
    @Rule("6.10")
    void inputsAreDrawnByTheSeedItself() {
        assertThat(HostArray.uniform(Shape.of(2), 42))
                .isEqualTo(HostArray.of(Shape.of(2), (float) generator.uniform(0), (float) generator.uniform(1)));
        assertThat(HostArray.normal(Shape.of(2), 42))
                .isEqualTo(HostArray.of(Shape.of(2), (float) generator.normal(0), (float) generator.normal(1)));
        int[] order = generator.split("split").permutation(4);
        HostArray samples = HostArray.of(Shape.of(4), 10, 11, 12, 13);
        assertThat(Split.shuffled(List.of(samples), 0.5, 42).training())
                .containsExactly(HostArray.of(Shape.of(2), 10 + order[0], 10 + order[1]));
    }
}
