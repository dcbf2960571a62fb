package org.lamina.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.spi.Engine;
import org.lamina.spi.NativeArray;

/** What MXNet's ops do in a program that the detours go round: a detour whose reason is gone can go too. */
class DjlSymbolDetoursTest {
    private static final float NAN = Float.NaN;

    @SuppressWarnings("NullAway.Init")
    private Engine engine;

    @BeforeEach
    void open() {
        DjlProvider provider = new DjlProvider.Mxnet();
        assumeTrue(provider.isPresent(), "the profile leaves this engine out");
        engine = provider.open();
    }

    @AfterEach
    void close() {
        if (engine != null) {
            engine.close();
        }
    }

    /** One op of MXNet's, as it is. */
    private static HostArray compute(String op, TensorType type, Map<String, ?> settings, HostArray... operands) {
        DjlSymbolWriter writer = new DjlSymbolWriter();
        List<DjlSymbol> inputs = new ArrayList<>();
        for (HostArray operand : operands) {
            inputs.add(writer.input(inputs.size(), operand.type()));
        }
        return run(writer, writer.op(op, type, settings, inputs), operands);
    }

    private static HostArray run(DjlSymbolWriter writer, DjlSymbol output, HostArray... operands) {
        long symbol = DjlMxnet.symbol(writer.json(List.of(output)));
        int[] given = IntStream.range(0, operands.length).toArray();
        List<NativeArray> arrays = new ArrayList<>();
        try (DjlSymbolProgram program = new DjlSymbolProgram(
                symbol, given, new boolean[operands.length], new long[operands.length], List.of(output.type()), 0)) {
            Arrays.stream(operands).forEach(operand -> arrays.add(DjlSymbolArray.of(operand)));
            arrays.addAll(Objects.requireNonNull(program.run(arrays)));
            return arrays.get(operands.length).download();
        } finally {
            arrays.forEach(NativeArray::close);
            DjlMxnet.freeSymbol(symbol);
        }
    }

    private static TensorType floats(long... sizes) {
        return new TensorType(DType.FLOAT32, Shape.of(sizes));
    }

    @Test
    void signOfNanIsZero() {
        HostArray nan = HostArray.of(Shape.of(1), NAN);
        assertThat(compute("_npi_sign", nan.type(), Map.of(), nan).doubleAt(0)).isZero();
    }

    @Test
    void reluOfNanIsZero() {
        HostArray nan = HostArray.of(Shape.of(1), NAN);
        HostArray relu = compute("_npx_activation", nan.type(), Map.of("act_type", "relu"), nan);
        assertThat(relu.doubleAt(0)).isZero();
    }

    @Test
    void anInfiniteSumIsNan() {
        HostArray x = HostArray.of(Shape.of(3), Float.POSITIVE_INFINITY, 1, 2);
        assertThat(compute("_np_sum", floats(), Map.of("axis", "(0,)"), x).doubleAt(0))
                .isNaN();
    }

    @Test
    void absOfInt64LosesDigits() {
        long odd = (1L << 53) + 1;
        HostArray x = HostArray.of(Shape.of(1), odd);
        assertThat(compute("_npi_absolute", x.type(), Map.of(), x).longAt(0)).isNotEqualTo(odd);
    }

    @Test
    void bitsOfBoolsThatBroadcastAreRefused() {
        HostArray x = HostArray.of(Shape.of(2), true, false);
        HostArray y = HostArray.of(Shape.scalar(), true);
        assertThatThrownBy(() -> compute("_npi_bitwise_and", x.type(), Map.of(), x, y))
                .isInstanceOf(LaminaException.class)
                .hasMessageContaining("bool");
    }

    @Test
    void sixAxesDoNotBroadcast() {
        HostArray x = HostArray.uniform(Shape.of(2, 1, 2, 1, 2, 1), 1);
        HostArray y = HostArray.uniform(Shape.of(1, 2, 1, 2, 1, 2), 2);
        assertThatThrownBy(() -> compute("_npi_add", floats(2, 2, 2, 2, 2, 2), Map.of(), x, y))
                .isInstanceOf(LaminaException.class);
    }

    /** What a selection by numbers is for: the one by bools takes ten times as long. */
    @Test
    void selectionByBoolsIsRefusedWhereNothingBroadcasts() {
        HostArray x = HostArray.of(Shape.of(1), 1f);
        HostArray condition = HostArray.of(Shape.of(1), true);
        assertThatThrownBy(() -> compute("where", x.type(), Map.of(), condition, x, x))
                .isInstanceOf(LaminaException.class);
    }

    /** A number that is written in a program is read as the float32 it is, which is what tells whether it may be written. */
    @Test
    void numbersAreReadToTheLastBitOfAFloat() {
        HostArray one = HostArray.of(Shape.of(1), 1f);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 2000; i++) {
            float magnitude = (float) Math.pow(10, random.nextDouble(-30, 30));
            float number = random.nextBoolean() ? magnitude : -magnitude;
            HostArray product = compute("_npi_multiply_scalar", one.type(), Map.of("scalar", (double) number), one);
            assertThat(product.doubleAt(0)).isEqualTo(number);
        }
    }

    /** A program is differentiated when it is made, which is why derivatives go through an op that stops it. */
    @Test
    void aDerivativeAloneMakesNoProgram() {
        HostArray x = HostArray.uniform(Shape.of(1, 1, 3, 3), 1);
        DjlSymbolWriter writer = new DjlSymbolWriter();
        DjlSymbol input = writer.input(0, x.type());
        Map<String, ?> settings = Map.of("kernel", "(3, 3)", "pad", "(1, 1)", "num_filter", 1, "no_bias", "True");
        DjlSymbol derivative = writer.op("_backward_Convolution", x.type(), settings, List.of(input, input, input));
        assertThatThrownBy(() -> run(writer, derivative, x))
                .isInstanceOf(LaminaException.class)
                .hasMessageContaining("non-differentiable");
    }
}
