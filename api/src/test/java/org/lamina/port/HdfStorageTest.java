package org.lamina.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;

/** Files that h5py wrote (arrays.py beside them): read for what they hold, or refused. */
class HdfStorageTest {
    private static Map<String, HostArray> read(String name) {
        try {
            return new HdfStorage(".h5")
                    .read(Path.of(Objects.requireNonNull(HdfStorageTest.class.getResource(name + ".h5"))
                            .toURI()));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "contiguous, FLOAT32",
        "chunked, FLOAT32",
        "summed, FLOAT32",
        "big, FLOAT32",
        "half, FLOAT32",
        "double, FLOAT64",
        "long, INT64"
    })
    void whatIsUnderstoodIsRead(String name, DType dtype) {
        HostArray expected = HostArray.generate(new TensorType(dtype, Shape.of(3, 4)), i -> i);
        assertThat(read("whole").get(name)).isEqualTo(expected);
    }

    @Test
    void scalarsAndEmptyArraysKeepTheirTypes() {
        assertThat(read("whole").get("scalar")).isEqualTo(HostArray.of(Shape.scalar(), 0.1f));
        assertThat(read("whole").get("empty"))
                .isEqualTo(HostArray.full(new TensorType(DType.FLOAT32, Shape.of(0, 3)), 0));
    }

    /** In "part" and "latest" half of the chunks were written with ones; h5py reads 7 for the rest. */
    @ParameterizedTest
    @ValueSource(strings = {"part", "latest", "nothing", "unallocated"})
    void whatWasNotWrittenIsNotReadAsZeros(String name) {
        assertThatThrownBy(() -> read(name))
                .isInstanceOf(LaminaException.class)
                .hasMessageContaining("w was not written whole")
                .hasMessageContaining("nothing was loaded");
    }

    @ParameterizedTest
    @CsvSource({
        "bias, biased by 126",
        "mantissa, 22 bits of mantissa",
        "bfloat16, is bfloat16",
        "precision, integers of 24 bits in 4 bytes",
        "bitfield, BitField elements",
        "opaque, opaque elements that h5py makes of bfloat16",
        "shuffled, is shuffled and not compressed",
        "lzf, compressed by lzf",
        "unfiltered, other filters than the rest",
        "committed, a type that is stored elsewhere"
    })
    void whatIsNotUnderstoodIsRefused(String name, String fact) {
        assertThatThrownBy(() -> read(name))
                .isInstanceOf(LaminaException.class)
                .hasMessageContaining(fact)
                .hasMessageContaining("nothing was loaded");
    }
}
