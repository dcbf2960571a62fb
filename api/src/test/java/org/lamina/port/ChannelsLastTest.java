package org.lamina.port;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.lamina.DType;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;
import org.lamina.layers.Concat;
import org.lamina.layers.Conv1d;
import org.lamina.layers.Conv2d;
import org.lamina.layers.Dense;
import org.lamina.layers.Flatten;
import org.lamina.layers.LayerNorm;
import org.lamina.layers.Lstm;
import org.lamina.layers.MaxPool2d;
import org.lamina.layers.Parallel;
import org.lamina.layers.Permute;
import org.lamina.layers.Relu;
import org.lamina.layers.Residual;
import org.lamina.layers.Sequential;
import org.lamina.layers.Softmax;

/** What a format with the channels last takes each axis for. */
class ChannelsLastTest {
    private static final Conv2d CONV = new Conv2d(4, List.of(3L, 3L));
    private static final Shape IMAGES = Shape.of(2, 5, 8, 9);

    /** A layer of somebody's own, which scales channels by their means. */
    private record Squeeze() implements Layer {
        @Override
        public Tensor forward(Scope scope, Tensor x) {
            Tensor means = x.mean(2, 3);
            Tensor gate = scope.call("gate", new Dense(x.shape().dim(1)), means).sigmoid();
            return x.mul(gate.expandDims(-1).expandDims(-1));
        }
    }

    private record Rows() implements Layer {
        @Override
        public Tensor forward(Scope scope, Tensor x) {
            return x.flatten(1);
        }
    }

    private record HeightFirst() implements Layer {
        @Override
        public Tensor forward(Scope scope, Tensor x) {
            Shape shape = x.shape();
            return x.reshape(Shape.of(shape.dim(0), shape.dim(1) * shape.dim(2), shape.dim(3)));
        }
    }

    private static ChannelsLast read(Layer layer, Shape input) {
        return ChannelsLast.read("keras", layer, List.of(new TensorType(DType.FLOAT32, input)));
    }

    @Test
    void whatWorksAlongTheChannelsStays() {
        Layer net = Sequential.of(CONV, new Relu(), new Conv2d(5, List.of(3L, 3L)));
        ChannelsLast lies = read(net, IMAGES);
        assertThat(lies.layer()).isEqualTo(net);
        assertThat(lies.misfits()).isEmpty();
        assertThat(lies.remarks())
                .containsExactly("the input and the output have the channels after the batch here, and last in keras");
    }

    @Test
    void whatWorksAlongTheLastAxisIsTurnedAndTurnedBack() {
        ChannelsLast lies = read(Sequential.of(CONV, new LayerNorm(1e-3), new Softmax()), IMAGES);
        assertThat(lies.layer())
                .isEqualTo(Sequential.of(
                        CONV, Permute.of(0, 2, 3, 1), new LayerNorm(1e-3), new Softmax(), Permute.of(0, 3, 1, 2)));
        assertThat(lies.paths()).containsEntry("1", "2").containsEntry("2", "3");
    }

    @Test
    void sequencesOfFeaturesAreTurnedOnceBeforeARecurrence() {
        ChannelsLast lies = read(Sequential.of(new Conv1d(6, 3), new Lstm(4)), Shape.of(2, 5, 8));
        assertThat(lies.layer()).isEqualTo(Sequential.of(new Conv1d(6, 3), Permute.of(0, 2, 1), new Lstm(4)));
    }

    @Test
    void aBranchOfAResidualIsTurnedWithinIt() {
        ChannelsLast lies = read(Sequential.of(CONV, new Residual(new LayerNorm(1e-3))), IMAGES);
        assertThat(lies.misfits()).isEmpty();
        assertThat(((Sequential) lies.layer()).layers().get(1))
                .isEqualTo(new Residual(
                        Sequential.of(Permute.of(0, 2, 3, 1), new LayerNorm(1e-3), Permute.of(0, 3, 1, 2))));
        assertThat(lies.paths()).containsEntry("1.layer", "1.layer.1");
    }

    @Test
    void aPermuteOfTheUsersOwnIsFollowed() {
        Layer net = Sequential.of(CONV, Permute.of(0, 2, 3, 1), new Dense(5));
        assertThat(read(net, IMAGES).layer()).isEqualTo(net);
    }

    @Test
    void rowsAfterAFlatteningHaveTheirChannelsCounted() {
        assertThat(read(Sequential.of(CONV, new Flatten(), new Relu(), new Dense(5)), IMAGES)
                        .flattened())
                .containsExactly(Map.entry("3", new AxisOrder.Flattened(4, false)));
        assertThat(read(Sequential.of(CONV, new Rows(), new Dense(5)), IMAGES).flattened())
                .containsExactly(Map.entry("2", new AxisOrder.Flattened(4, false)));
    }

    @Test
    void channelsOfTheInputAloneAreToldFromThoseOfWeights() {
        Layer net = Sequential.of(new MaxPool2d(List.of(2L, 2L)), new Flatten(), new Dense(2));
        assertThat(read(net, IMAGES).flattened()).containsExactly(Map.entry("2", new AxisOrder.Flattened(5, true)));
    }

    @Test
    void layersOfOnesOwnAreFollowedOpByOp() {
        ChannelsLast lies = read(Sequential.of(CONV, new Squeeze(), new Conv2d(5, List.of(3L, 3L))), IMAGES);
        assertThat(lies.misfits()).isEmpty();
        assertThat(lies.turned()).isZero();
    }

    @Test
    void whatCannotBeFollowedIsTold() {
        ChannelsLast lies = read(Sequential.of(CONV, new HeightFirst(), new Lstm(3)), IMAGES);
        assertThat(lies.misfits()).hasSize(1);
        assertThat(lies.misfits().get(0).path()).isEqualTo("2");
        assertThat(lies.misfits().get(0).reason()).contains("axes of different meaning are joined");
    }

    @Test
    void whatIsJoinedAlongAnotherAxisThanTheChannelsIsTold() {
        Parallel branches = Parallel.of(CONV, CONV);
        assertThat(read(Sequential.of(branches, new Concat(1)), IMAGES).misfits())
                .isEmpty();
        assertThat(read(Sequential.of(branches, new Concat()), IMAGES).misfits())
                .isNotEmpty()
                .allSatisfy(misfit -> assertThat(misfit.reason()).contains("axis 3"));
    }

    @Test
    void aModelThatIsWrittenIsNeverTurned() {
        ChannelsLast lies = ChannelsLast.written(
                "keras", Sequential.of(CONV, new LayerNorm(1e-3)), List.of(new TensorType(DType.FLOAT32, IMAGES)));
        assertThat(lies.turned()).isZero();
        assertThat(lies.misfits()).hasSize(1);
    }

    /** No Dense follows whose rows could be put in order, so the output itself would be in another order. */
    @Test
    void aFlattenAtTheEndIsTurned() {
        Layer net = Sequential.of(CONV, new Flatten(), new Relu());
        ChannelsLast lies = read(net, IMAGES);
        assertThat(lies.misfits()).isEmpty();
        assertThat(lies.layer())
                .isEqualTo(Sequential.of(CONV, new Permute(List.of(0L, 2L, 3L, 1L)), new Flatten(), new Relu()));
        ChannelsLast written = ChannelsLast.written("keras", net, List.of(new TensorType(DType.FLOAT32, IMAGES)));
        assertThat(written.misfits()).extracting(AxisTrace.Misfit::path).containsExactly("1");
        assertThat(ChannelsLast.written("keras", lies.layer(), List.of(new TensorType(DType.FLOAT32, IMAGES)))
                        .misfits())
                .isEmpty();
    }

    @Test
    void aFlattenOfOnesOwnAtTheEndIsAMisfit() {
        assertThat(read(Sequential.of(CONV, new Rows()), IMAGES).misfits()).isNotEmpty();
    }

    /** The source may have the Permute too, as mixers do, or have none, as of what was put in; the weights are the same. */
    @Test
    void whatAPermuteIsForIsNotGuessed() {
        Layer turn = new Permute(List.of(0L, 2L, 1L));
        Layer mixer = Sequential.of(turn, new Dense(5), turn, new Dense(5));
        assertThat(read(mixer, Shape.of(2, 5, 5)).misfits())
                .extracting(AxisTrace.Misfit::path)
                .contains("0", "2");
        assertThat(read(Sequential.of(new Lstm(4), turn, new Dense(5)), Shape.of(2, 4, 3))
                        .misfits())
                .extracting(AxisTrace.Misfit::path)
                .contains("1");
    }

    @Test
    void flattenedBranchesThatMeetAreRefused() {
        Layer branches = new Parallel(List.of(
                Sequential.of(CONV, new Flatten()), Sequential.of(new Conv2d(4, List.of(2L, 2L)), new Flatten())));
        assertThat(read(Sequential.of(branches, new Concat(1), new Dense(3)), IMAGES)
                        .misfits())
                .isNotEmpty();
        Layer residual = Sequential.of(CONV, new Flatten(), new Residual(new Dense(4 * 6 * 7)));
        assertThat(read(residual, IMAGES).misfits()).isNotEmpty();
    }
}
