package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.layer.Tensor;

/**
 * Generated programs of several ops on two matrices, their outputs and derivatives on every backend: what only shows where ops
 * meet, such as memory that is freed too early or a view that is written to.
 */
class ProgramPropertiesTest {
    private static final String SEED = "20245";
    private static final int MOST_STEPS = 8;
    private static final Backends BACKENDS = new Backends();

    /** A step: which op, on which of the values so far, counted from the last. */
    record Step(Op op, int first, int second) {}

    /** What a step may do with two matrices of the same shape; the result has that shape too. */
    enum Op {
        ADD,
        SUB,
        MUL,
        MAXIMUM,
        TANH,
        SINE,
        SIGMOID,
        RELU,
        SOFTMAX,
        CENTER,
        SCALE,
        ROLL,
        REVERSE,
        TURN_TWICE,
        RUNNING_SUM,
        PRODUCT,
        CHOOSE,
        PICK,
        REPEAT,
        ZEROS,
        LIMIT,
        SHIFT,
        NOTHING,
        NORMALIZE,
        SMOOTH,
        POWER,
        PERMUTE;

        private static final double EPSILON = 1e-3;

        Tensor apply(Tensor x, Tensor y) {
            long rows = x.shape().extent(0);
            return switch (this) {
                case ADD -> x.add(y);
                case SUB -> x.sub(y.mul(0.5));
                case MUL -> x.mul(y.tanh());
                case MAXIMUM -> signed(x.maximum(y));
                case TANH -> x.tanh();
                case SINE -> x.sin();
                case SIGMOID -> x.sigmoid();
                case RELU -> signed(x.relu());
                case SOFTMAX -> x.softmax(1);
                case CENTER -> signed(x.sub(y.mean()));
                case SCALE -> x.div(y.square().mean(true, 0).add(1));
                case ROLL -> Tensor.concat(0, x.slice(0, 1, rows), y.slice(0, 0, 1));
                case REVERSE -> x.reverse(1);
                case TURN_TWICE -> x.transpose().add(y.transpose()).transpose();
                case RUNNING_SUM -> signed(x.cumSum(0, false, true));
                case PRODUCT -> signed(x.matmul(y.transpose()).matmul(x.tanh()));
                case CHOOSE -> x.less(y).select(x, y.neg());
                case PICK -> x.gather(0, y.argMax(0).get(0, 0).reshape(1)).add(y);
                case REPEAT -> signed(x.sum(true, 0).broadcastTo(x.shape()).mul(0.25));
                case ZEROS ->
                    isNegative(x.mul(-0.0)).select(x, isNegative(y.mul(0.0)).select(y, x));
                case LIMIT -> signed(x.maximum(-0.0).add(y.minimum(0.0)));
                case SHIFT -> x.slice(1, 1, x.shape().extent(1)).pad(1, 0, 1, -0.0);
                case NOTHING ->
                    Tensor.concat(
                            0,
                            x,
                            y.slice(0, 0, 0)
                                    .gather(0, y.slice(0, 0, 0).get(1, 0).cast(DType.INT64)));
                case NORMALIZE -> signed(normalized(x).mul(y.get(0, 0)).add(y.get(0, rows - 1)));
                case SMOOTH -> x.gelu().add(y.silu());
                case POWER -> x.abs().add(0.5).pow(y.tanh().mul(40)).tanh();
                case PERMUTE -> signed(Tensor.einsum("ij,ij->ji", x, y).transpose());
            };
        }
    }

    /** The greater of two zeros may have either sign (3.23, 4.3), and so a sum of zeros; after this a zero is positive. */
    private static Tensor signed(Tensor x) {
        return x.add(0.0);
    }

    /** Of zeros their reciprocals tell. */
    private static Tensor isNegative(Tensor zeros) {
        return zeros.reciprocal().less(0);
    }

    /** The ops that frameworks have a kernel for. */
    private static Tensor normalized(Tensor x) {
        Tensor centered = x.sub(x.mean(true, 1));
        return centered.div(centered.square().mean(true, 1).add(Op.EPSILON).sqrt());
    }

    @AfterContainer
    static void close() {
        BACKENDS.close();
    }

    @Provide
    Arbitrary<List<Step>> programs() {
        Arbitrary<Integer> back = Arbitraries.integers().between(0, MOST_STEPS);
        return Combinators.combine(Arbitraries.of(Op.values()), back, back)
                .as(Step::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(MOST_STEPS);
    }

    @Provide
    Arbitrary<List<HostArray>> inputs() {
        Arbitrary<Long> sizes = Arbitraries.of(1L, 2L, 3L, 5L);
        return Combinators.combine(Arbitraries.of(DType.FLOAT32, DType.FLOAT64), sizes, sizes)
                .as((dtype, rows, columns) -> GeneratedArrays.all(List.of(
                        GeneratedArrays.finite(dtype, Shape.of(rows, columns)),
                        GeneratedArrays.finite(dtype, Shape.of(rows, columns)))))
                .flatMap(arrays -> arrays);
    }

    @Property(seed = SEED, shrinking = ShrinkingMode.FULL)
    @Rule({"5.2", "5.9", "5.12", "12.1", "12.6"})
    void programsAndTheirDerivatives(@ForAll("programs") List<Step> steps, @ForAll("inputs") List<HostArray> inputs) {
        new Trial(BACKENDS.engines(), "5.9").check(inputs, false, (graph, in) -> {
            List<Tensor> values = new ArrayList<>();
            in.forEach(node -> values.add(new Tensor(graph, node)));
            List<Tensor> given = List.copyOf(values);
            for (Step step : steps) {
                values.add(step.op().apply(back(values, step.first()), back(values, step.second())));
            }
            Tensor last = back(values, 0);
            Tensor scalar = last.mul(last.sin()).sum();
            List<Tensor> first = scalar.gradients(given.get(0), given.get(1));
            Tensor slope = first.get(0).sum().add(first.get(1).mul(given.get(0)).sum());
            List<Tensor> outputs = new ArrayList<>(List.of(last));
            outputs.addAll(first);
            outputs.add(slope.gradient(given.get(0)));
            return outputs.stream().map(Tensor::node).toList();
        });
    }

    @Provide
    Arbitrary<List<HostArray>> anyInputs() {
        Arbitrary<Long> sizes = Arbitraries.of(0L, 1L, 2L, 3L, 5L);
        return Combinators.combine(Arbitraries.of(DType.FLOAT32, DType.FLOAT64), Arbitraries.of(1L, 2L, 3L), sizes)
                .as((dtype, rows, columns) -> GeneratedArrays.all(List.of(
                        GeneratedArrays.any(dtype, Shape.of(rows, columns)),
                        GeneratedArrays.any(dtype, Shape.of(rows, columns)))))
                .flatMap(arrays -> arrays);
    }

    /** What a program cannot be traced for, such as a mean of nothing, must be refused. */
    @Property(seed = SEED, shrinking = ShrinkingMode.FULL)
    @Rule({"12.1", "12.3", "12.6"})
    void programsOfSpecialValues(@ForAll("programs") List<Step> steps, @ForAll("anyInputs") List<HostArray> inputs) {
        try {
            new Trial(BACKENDS.engines(), "12.1").check(inputs, false, (graph, in) -> {
                List<Tensor> values = new ArrayList<>();
                in.forEach(node -> values.add(new Tensor(graph, node)));
                steps.forEach(
                        step -> values.add(step.op().apply(back(values, step.first()), back(values, step.second()))));
                return List.of(back(values, 0).node());
            });
        } catch (LaminaException refused) {
            assertThat(inputs.get(0).shape().size()).as(refused.getMessage()).isZero();
        }
    }

    private static Tensor back(List<Tensor> values, int steps) {
        return values.get(values.size() - 1 - steps % values.size());
    }
}
