package org.lamina;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import org.junit.jupiter.api.Test;

class HostArrayTest {
    private static void assertRefused(ErrorCode code, String problem, Runnable action) {
        assertThatThrownBy(action::run)
                .isInstanceOfSatisfying(
                        LaminaException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(problem);
    }

    @Test
    void keepsEveryDtypeExactly() {
        assertThat(HostArray.of(Shape.of(2), 1.5f, Float.MIN_VALUE).toFloats()).containsExactly(1.5f, Float.MIN_VALUE);
        assertThat(HostArray.of(Shape.of(2), Math.PI, -0.0).toDoubles()).containsExactly(Math.PI, -0.0);
        assertThat(HostArray.of(Shape.of(2), Integer.MIN_VALUE, 7).toLongs()).containsExactly(Integer.MIN_VALUE, 7);
        assertThat(HostArray.of(Shape.of(2), Long.MIN_VALUE, Long.MAX_VALUE).toLongs())
                .containsExactly(Long.MIN_VALUE, Long.MAX_VALUE);
        assertThat(HostArray.of(Shape.of(2), true, false).toDoubles()).containsExactly(1, 0);
    }

    @Test
    void liesInCOrderLittleEndian() {
        HostArray array = HostArray.of(Shape.of(1, 2), 1, 0x01020304);
        byte[] bytes = new byte[8];
        array.buffer().get(bytes);
        assertThat(bytes).containsExactly(1, 0, 0, 0, 4, 3, 2, 1);
        assertThat(HostArray.of(array.type(), ByteBuffer.wrap(bytes))).isEqualTo(array);
    }

    @Test
    void isCopiedIntoABuffer() {
        HostArray array = HostArray.of(Shape.of(2), 1, 0x01020304);
        ByteBuffer target = ByteBuffer.allocate(9).position(1);
        array.copyTo(target);
        assertThat(target.array()).containsExactly(0, 1, 0, 0, 0, 4, 3, 2, 1);
        assertThat(target.remaining()).isZero();
        assertThat(array.byteCount()).isEqualTo(8);
        assertThatThrownBy(() -> array.copyTo(ByteBuffer.allocate(7))).isInstanceOf(BufferOverflowException.class);
    }

    @Test
    void isFilledByAWriter() {
        TensorType type = new TensorType(DType.INT32, Shape.of(3));
        HostArray array = HostArray.fill(type, buffer -> {
            assertThat(buffer.remaining()).isEqualTo(12);
            buffer.putInt(7).putInt(-1);
        });
        assertThat(array).isEqualTo(HostArray.of(Shape.of(3), 7, -1, 0));
        assertThatThrownBy(() -> HostArray.fill(type, buffer -> buffer.put(new byte[13])))
                .isInstanceOf(BufferOverflowException.class);
        assertRefused(
                ErrorCode.RANGE,
                "2^31 - 1",
                () -> HostArray.fill(new TensorType(DType.INT32, Shape.of(1L << 30)), buffer -> {}));
    }

    @Test
    void isImmutable() {
        float[] values = {1, 2};
        HostArray array = HostArray.of(Shape.of(2), values);
        values[0] = 9;
        array.toFloats()[1] = 9;
        assertThat(array.toFloats()).containsExactly(1, 2);
        assertThatThrownBy(() -> array.buffer().put(0, (byte) 1)).isInstanceOf(ReadOnlyBufferException.class);
        assertThat(array.with(9, 1).toFloats()).containsExactly(1, 9);
        assertThat(array.toFloats()).containsExactly(1, 2);
    }

    @Test
    void isEqualBitByBit() {
        HostArray zero = HostArray.of(Shape.of(1), 0f);
        assertThat(zero)
                .isEqualTo(HostArray.of(Shape.of(1), 0f))
                .hasSameHashCodeAs(HostArray.of(Shape.of(1), 0f))
                .isNotEqualTo(HostArray.of(Shape.of(1), -0f))
                .isNotEqualTo(HostArray.of(Shape.of(1), 0))
                .isNotEqualTo(HostArray.of(Shape.scalar(), 0f));
        assertThat(HostArray.of(Shape.of(1), Float.NaN)).isEqualTo(HostArray.of(Shape.of(1), Float.NaN));
        assertThat(HostArray.full(zero.type(), -0.0)).isEqualTo(HostArray.of(Shape.of(1), -0f));
    }

    @Test
    void refusesAnotherNumberOfValues() {
        assertRefused(ErrorCode.SHAPE, "3 values for shape (2,)", () -> HostArray.of(Shape.of(2), 1f, 2f, 3f));
        assertRefused(ErrorCode.SHAPE, "1 values for shape (0,)", () -> HostArray.of(Shape.of(0), 1f));
        TensorType pair = new TensorType(DType.FLOAT32, Shape.of(2));
        assertRefused(ErrorCode.SHAPE, "9 bytes are no whole", () -> HostArray.of(pair, ByteBuffer.allocate(9)));
        assertRefused(ErrorCode.SHAPE, "3 values", () -> HostArray.of(pair, ByteBuffer.allocate(12)));
        TensorType huge = new TensorType(DType.FLOAT64, Shape.of(1 << 28));
        assertRefused(ErrorCode.RANGE, "more than 2^31 - 1 bytes", () -> HostArray.full(huge, 0));
        TensorType open = new TensorType(DType.FLOAT32, Shape.of(Shape.BATCH));
        assertRefused(ErrorCode.BATCH_OPEN, "is open", () -> HostArray.full(open, 0));
    }

    @Test
    void isReadByIndex() {
        HostArray array = HostArray.generate(new TensorType(DType.INT64, Shape.of(2, 3)), i -> i);
        assertThat(array.get(1, 2)).isEqualTo(5);
        assertThat(array.doubleAt(4)).isEqualTo(4);
        assertThat(HostArray.of(Shape.scalar(), 3f).get()).isEqualTo(3);
        assertRefused(ErrorCode.RANGE, "1 indices", () -> array.get(1));
        assertRefused(ErrorCode.RANGE, "[2, 0] is outside", () -> array.get(2, 0));
        assertRefused(ErrorCode.RANGE, "[0, -1] is outside", () -> array.get(0, -1));
        assertRefused(ErrorCode.RANGE, "[0, 3] is outside", () -> array.with(1, 0, 3));
    }

    @Test
    void casts() {
        HostArray array = HostArray.of(Shape.of(4), 1.9, -1.9, 0.0, 1e-300);
        assertThat(array.cast(DType.INT32)).isEqualTo(HostArray.of(Shape.of(4), 1, -1, 0, 0));
        assertThat(array.cast(DType.INT64)).isEqualTo(HostArray.of(Shape.of(4), 1L, -1L, 0L, 0L));
        assertThat(array.cast(DType.BOOL)).isEqualTo(HostArray.of(Shape.of(4), true, true, false, true));
        assertThat(array.cast(DType.FLOAT32)).isEqualTo(HostArray.of(Shape.of(4), 1.9f, -1.9f, 0f, 0f));
        assertThat(array.cast(DType.FLOAT64)).isSameAs(array);
        assertThat(HostArray.of(Shape.of(1), (1L << 53) + 1).cast(DType.INT64).toLongs())
                .containsExactly((1L << 53) + 1);
    }

    /** The float32 nearest to 2^60 + 2^36 + 1 is 2^60 + 2^37; by way of a double the one would be lost, and the tie go to 2^60. */
    @Test
    void roundsALongToAFloatOnce() {
        HostArray value = HostArray.of(Shape.of(1), (1L << 60) + (1L << 36) + 1);
        assertThat(value.cast(DType.FLOAT32).doubleAt(0)).isEqualTo(0x1p60 + 0x1p37);
        assertThat(value.toFloats()[0]).isEqualTo(0x1p60f + 0x1p37f);
    }

    @Test
    void refusesNumbersThatTheDtypeDoesNotHold() {
        TensorType single = new TensorType(DType.FLOAT32, Shape.of(1));
        TensorType whole = new TensorType(DType.INT64, Shape.of(1));
        assertRefused(ErrorCode.DTYPE, "1.0E39 is no float32", () -> HostArray.full(single, 1e39));
        assertRefused(ErrorCode.DTYPE, "0.5 is no int64", () -> HostArray.full(whole, 0.5));
        assertRefused(ErrorCode.DTYPE, "NaN is no int64", () -> HostArray.full(whole, 1)
                .with(Double.NaN, 0));
    }

    @Test
    void reshapes() {
        HostArray array = HostArray.of(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
        assertThat(array.reshape(Shape.of(3, 2))).isEqualTo(HostArray.of(Shape.of(3, 2), 1, 2, 3, 4, 5, 6));
        assertRefused(ErrorCode.SHAPE, "(2, 3) has 6 elements", () -> array.reshape(Shape.of(4)));
    }

    @Test
    void drawsTheSameForTheSameSeed() {
        assertThat(HostArray.uniform(Shape.of(3), 1))
                .isEqualTo(HostArray.uniform(Shape.of(3), 1))
                .isNotEqualTo(HostArray.uniform(Shape.of(3), 2));
        assertThat(HostArray.normal(Shape.of(1), 1).toFloats())
                .containsExactly((float) Generator.of(1).normal(0));
    }

    @Test
    void isPrintedInBracketsLongOnesShortened() {
        assertThat(HostArray.of(Shape.of(1, 2), 1f, 2f)).hasToString("[[1.0, 2.0]] float32 (1, 2)");
        assertThat(HostArray.of(Shape.scalar(), true)).hasToString("true bool ()");
        assertThat(HostArray.of(Shape.of(2, 0), new int[0])).hasToString("[[], []] int32 (2, 0)");
        assertThat(HostArray.generate(new TensorType(DType.INT32, Shape.of(100)), i -> i))
                .hasToString("[0, 1, 2, ..., 97, 98, 99] int32 (100,)");
    }
}
