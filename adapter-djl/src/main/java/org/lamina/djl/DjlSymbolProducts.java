package org.lamina.djl;

import java.util.Map;
import org.lamina.DType;
import org.lamina.Shape;
import org.lamina.TensorType;

/** Products of matrices as nodes of a program: MXNet has several ops for them, and oneDNN computes some. */
final class DjlSymbolProducts {
    private final DjlSymbolWriter writer;
    private final DjlSymbolDetours detours;

    DjlSymbolProducts(DjlSymbolWriter writer, DjlSymbolDetours detours) {
        this.writer = writer;
        this.detours = detours;
    }

    DjlSymbol matmul(DjlSymbol x, DjlSymbol y) {
        if (x.rank() == 2 && y.rank() == 2) {
            return x.type().dtype() == DType.FLOAT32 ? batched(x, y) : product(x, y);
        }
        if (Math.max(x.rank(), y.rank()) > DjlSymbolDetours.AXES) {
            throw new DjlSymbol.Inexpressible("MXNet multiplies few axes of matrices only");
        }
        int m = x.rank() - 2;
        int n = y.rank() - 2;
        Shape batch = DjlSymbolDetours.common(x.shape().slice(0, m), y.shape().slice(0, n));
        Shape shape = batch.concat(Shape.of(x.shape().extent(m), y.shape().extent(n + 1)));
        return detours.op("_npi_matmul", x.type().with(shape), Map.of(), x, y);
    }

    /**
     * A product of one matrix and one, which oneDNN computes in half the time that MXNet's product of matrices takes, and reads
     * transposed as quickly.
     */
    private DjlSymbol batched(DjlSymbol x, DjlSymbol y) {
        Shape shape = Shape.of(x.shape().extent(0), y.shape().extent(1));
        Map<String, ?> settings = Map.of(
                "transpose_a",
                DjlSymbolDetours.flag(x.other() != null),
                "transpose_b",
                DjlSymbolDetours.flag(y.other() != null));
        DjlSymbol product = detours.op(
                "batch_dot",
                x.type().with(DjlSymbol.batchOfOne(shape)),
                settings,
                batch(untransposed(x)),
                batch(untransposed(y)));
        return detours.reshape(product, shape);
    }

    /** What is given to the program is given in that shape too, as a reshape would copy it. */
    private DjlSymbol batch(DjlSymbol matrix) {
        DjlSymbol given = writer.batch(matrix);
        return given != null ? given : detours.reshape(matrix, DjlSymbol.batchOfOne(matrix.shape()));
    }

    private static DjlSymbol untransposed(DjlSymbol matrix) {
        return matrix.other() != null ? matrix.other() : matrix;
    }

    /** x w + b, whose bias oneDNN adds to the sums where it is given the weight transposed. */
    DjlSymbol linear(TensorType type, DjlSymbol x, DjlSymbol weight, DjlSymbol bias) {
        if (weight.other() == null) {
            return detours.add(batched(x, weight), bias);
        }
        Map<String, ?> settings = Map.of("num_hidden", bias.shape().extent(0), "no_bias", "False", "flatten", "False");
        return detours.op("_npx_fully_connected", type, settings, x, weight.other(), bias);
    }

    private DjlSymbol product(DjlSymbol x, DjlSymbol y) {
        Shape shape = Shape.of(x.shape().extent(0), y.shape().extent(1));
        return detours.op("_npi_matmul", x.type().with(shape), Map.of(), x, y);
    }

    /** A layer without bias is computed by oneDNN, in half the time that MXNet's product of matrices takes. */
    DjlSymbol fullyConnected(DjlSymbol x, DjlSymbol transposed) {
        long units = transposed.shape().extent(0);
        Map<String, ?> settings = Map.of("num_hidden", units, "no_bias", "True", "flatten", "False");
        TensorType type = x.type().with(Shape.of(x.shape().extent(0), units));
        return detours.op("_npx_fully_connected", type, settings, x, transposed);
    }
}
