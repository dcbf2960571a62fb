package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.lamina.DType;
import org.lamina.conformance.oracle.OracleProvider;
import org.lamina.spi.Engine;

/**
 * The sums of every backend take at most four fifths of the bound. Up to 16,384 terms; {@code -Dlamina.sums=16777216} measures up to
 * as many, and {@code -Dlamina.sums.table=FILE} writes what was measured, for the pictures of docs/bounds.md.
 */
@Tag("shared")
class SumErrorsTest {
    private static final long MOST = Long.getLong("lamina.sums", 16_384);
    private static final double SHARE = 0.8;
    private static Backends backends;

    @BeforeAll
    static void load() {
        backends = new Backends();
    }

    @AfterAll
    static void close() {
        backends.close();
    }

    @Test
    @Rule("12.1")
    void goodKernelsTakeFourFifthsOfTheBound() throws IOException {
        List<SumErrors> all = new ArrayList<>();
        for (SumKernel kernel : SumKernel.all()) {
            for (long n = kernel.least(); n <= Math.min(MOST, kernel.most()); n *= 4) {
                all.addAll(measured(kernel, n));
            }
        }
        String table = System.getProperty("lamina.sums.table");
        if (table != null) {
            Files.write(Path.of(table), all.stream().map(SumErrors::row).toList());
        }
        assertThat(all.stream().filter(errors -> errors.share() > SHARE).map(SumErrors::row))
                .isEmpty();
    }

    private static List<SumErrors> measured(SumKernel kernel, long n) {
        List<SumErrors> errors = new ArrayList<>();
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
            for (SumData data : SumData.values()) {
                SumErrors.Subject subject = SumErrors.Subject.of(kernel, data, dtype, n);
                for (Engine engine : backends.engines()) {
                    if (!engine.info().name().equals(OracleProvider.NAME)) {
                        errors.add(subject.on(engine));
                    }
                }
            }
        }
        return errors;
    }
}
