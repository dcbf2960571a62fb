package org.lamina.djl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.lamina.DType;
import org.lamina.Shape;
import org.lamina.TensorType;

/** A program of MXNet's has no node twice: MXNet needs a pass through all of it for each that it finds. */
class DjlSymbolWriterTest {
    private static final TensorType ROW = new TensorType(DType.FLOAT32, Shape.of(3));

    private final DjlSymbolWriter writer = new DjlSymbolWriter();
    private final DjlSymbol x = writer.input(0, ROW);
    private final DjlSymbol y = writer.input(1, ROW);

    private DjlSymbol op(String op, Map<String, ?> settings, DjlSymbol... operands) {
        return writer.op(op, ROW, settings, List.of(operands));
    }

    @Test
    void theSameOpOnTheSameOperandsIsOneNode() {
        DjlSymbol first = op("_npi_subtract", Map.of(), x, y);
        assertThat(op("_npi_subtract", Map.of(), x, y).node()).isEqualTo(first.node());
        assertThat(writer.json(List.of(first)).split("_npi_subtract", -1)).hasSize(2);
    }

    @Test
    void anythingElseIsAnother() {
        int first = op("_npi_add_scalar", Map.of("scalar", 0.0), x).node();
        assertThat(op("_npi_add_scalar", Map.of("scalar", -0.0), x).node()).isNotEqualTo(first);
        assertThat(op("_npi_add_scalar", Map.of("scalar", 0.0), y).node()).isNotEqualTo(first);
        assertThat(op("_npi_subtract_scalar", Map.of("scalar", 0.0), x).node()).isNotEqualTo(first);
    }
}
