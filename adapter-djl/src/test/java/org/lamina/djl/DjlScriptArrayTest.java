package org.lamina.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.spi.NativeArray;

/** Who owns a tensor of PyTorch's, and for how long. */
class DjlScriptArrayTest extends WithPyTorch {
    private static final HostArray VALUES = HostArray.of(Shape.of(2, 3), 1f, 2f, 3f, 4f, 5f, 6f);

    @ParameterizedTest
    @EnumSource
    void comesBackBitForBit(DType dtype) {
        for (Shape shape : List.of(Shape.scalar(), Shape.of(0), Shape.of(3, 0, 2), Shape.of(1), Shape.of(2, 3, 41))) {
            HostArray values = HostArray.generate(new TensorType(dtype, shape), i -> i % 7 - 2.5);
            try (NativeArray array = engine.upload(values);
                    NDManager manager = engine.manager().newSubManager()) {
                assertThat(array.type()).isEqualTo(values.type());
                assertThat(array.download()).isEqualTo(values);
                NDArray view = ((DjlScriptArray) array).view(manager);
                assertThat(DjlArray.type(view)).isEqualTo(values.type());
                assertThat(DjlArray.host(view)).isEqualTo(values);
            }
        }
    }

    @Test
    void isCountedUntilItIsClosed() {
        NativeArray array = engine.upload(VALUES);
        NativeArray other = engine.upload(VALUES);
        assertThat(engine.openHandles()).isEqualTo(open + 2);
        array.close();
        array.close();
        assertThat(engine.openHandles()).isEqualTo(open + 1);
        assertThat(other.download()).isEqualTo(VALUES);
        other.close();
    }

    @Test
    void isGoneOnceClosed() {
        DjlScriptArray array = DjlScriptArray.of(VALUES);
        array.close();
        refused(array::download);
        refused(array::acquire);
        refused(() -> array.view(engine.manager()));
    }

    private static void refused(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED))
                .hasMessageContaining(" of djl was closed");
    }

    /** The memory of a closed array is used again by the next of its size, so that its values would be others. */
    @Test
    void whoHoldsItHasItsMemoryAfterItIsClosed() {
        DjlScriptArray array = DjlScriptArray.of(VALUES);
        long held = array.acquire();
        long again = array.acquire();
        array.close();
        array.release();
        try (NativeArray next = DjlScriptArray.of(HostArray.full(VALUES.type(), 9))) {
            assertThat(HostArray.of(VALUES.type(), DjlTorch.elements(again))).isEqualTo(VALUES);
            assertThat(again).isEqualTo(held);
            assertThat(next.download()).isNotEqualTo(VALUES);
        }
        array.release();
        refused(array::acquire);
    }

    @Test
    void aViewBelongsToItsManagerAndOutlivesIt() {
        try (NDManager manager = engine.manager().newSubManager()) {
            NDArray view;
            try (DjlScriptArray array = DjlScriptArray.of(VALUES)) {
                view = array.view(manager);
            }
            assertThat(manager.getManagedArrays()).containsExactly(view);
            assertThat(DjlArray.host(view)).isEqualTo(VALUES);
        }
    }

    @Test
    void aManagerThatIsClosedGetsNoView() {
        NDManager manager = engine.manager().newSubManager();
        manager.close();
        try (DjlScriptArray array = DjlScriptArray.of(VALUES)) {
            assertThatThrownBy(() -> array.view(manager)).isInstanceOf(IllegalStateException.class);
            assertThat(array.download()).isEqualTo(VALUES);
        }
    }

    /** DJL makes an array of a buffer without a copy, and holds the buffer only as long as its own object is open. */
    @Test
    void anArrayInAJavaBufferIsKeptWithIt() {
        DjlScriptArray kept;
        try (NDScope scope = new NDScope();
                NDManager manager = engine.manager().newSubManager()) {
            scope.suppressNotUsedWarning();
            kept = DjlScriptArray.of(VALUES.type(), inABuffer(manager));
        }
        for (int i = 0; i < 3; i++) {
            System.gc();
            assertThat(ByteBuffer.allocateDirect(VALUES.byteCount()).get(0)).isZero();
        }
        assertThat(kept.download()).isEqualTo(VALUES);
        kept.close();
        refused(kept::download);
    }

    private static NDArray inABuffer(NDManager manager) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(VALUES.byteCount()).order(ByteOrder.nativeOrder());
        VALUES.copyTo(bytes);
        bytes.rewind();
        return manager.create(bytes, DjlArray.shape(VALUES.shape()), DjlArray.dataType(VALUES.dtype()));
    }

    /** Rather than reading memory that is gone. */
    @Test
    void anArrayThatItsMakerClosedIsNotRead() {
        NDArray array = DjlArray.upload(engine.manager(), VALUES);
        try (DjlScriptArray kept = DjlScriptArray.of(VALUES.type(), array)) {
            array.close();
            assertThatThrownBy(kept::download).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void elementsInAnotherOrderAreReadInCOrder() {
        HostArray transposed = HostArray.of(Shape.of(3, 2), 1f, 4f, 2f, 5f, 3f, 6f);
        try (NDManager manager = engine.manager().newSubManager()) {
            NDArray turned = DjlArray.upload(manager, VALUES).transpose();
            try (DjlScriptArray array = DjlScriptArray.of(transposed.type(), turned)) {
                assertThat(array.download()).isEqualTo(transposed);
                assertThat(DjlArray.host(array.view(manager))).isEqualTo(transposed);
            }
        }
    }
}
