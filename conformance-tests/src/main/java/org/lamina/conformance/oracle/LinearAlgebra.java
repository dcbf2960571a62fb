package org.lamina.conformance.oracle;

import java.util.stream.IntStream;
import org.lamina.Shape;

/** The matrix product, block by block of its result. */
final class LinearAlgebra {
    /** From how many multiplications on a product is divided among cores. */
    private static final long WORTH_DIVIDING = 1 << 18;

    private LinearAlgebra() {}

    static OracleTensor matmul(OracleTensor x, OracleTensor y, Precision precision) {
        Shape batchOfX = x.shape().slice(0, x.shape().rank() - 2);
        Shape batchOfY = y.shape().slice(0, y.shape().rank() - 2);
        Shape batch = Elementwise.common(batchOfX, batchOfY);
        int[] ofX = Layout.broadcast(batchOfX, batch).positions();
        int[] ofY = Layout.broadcast(batchOfY, batch).positions();
        int rows = (int) x.shape().extent(x.shape().rank() - 2);
        int depth = (int) x.shape().extent(x.shape().rank() - 1);
        int columns = (int) y.shape().extent(y.shape().rank() - 1);
        double[] product = new double[Math.multiplyExact(Math.multiplyExact(ofX.length, rows), columns)];
        Arithmetic arithmetic = precision.of(x.dtype());
        int high = blocks(rows, ProductBlock.ROWS);
        int wide = blocks(columns, ProductBlock.COLUMNS);
        IntStream all = IntStream.range(0, Math.multiplyExact(ofX.length, high * wide));
        ((long) product.length * depth > WORTH_DIVIDING ? all.parallel() : all).forEach(block -> {
            int matrix = block / (high * wide);
            int row = block / wide % high * ProductBlock.ROWS;
            int column = block % wide * ProductBlock.COLUMNS;
            new ProductBlock(
                            x.reals(),
                            (ofX[matrix] * rows + row) * depth,
                            y.reals(),
                            ofY[matrix] * depth * columns + column,
                            depth,
                            columns)
                    .multiply(
                            arithmetic,
                            Math.min(rows - row, ProductBlock.ROWS),
                            Math.min(columns - column, ProductBlock.COLUMNS),
                            product,
                            (matrix * rows + row) * columns + column);
        });
        return OracleTensor.of(x.type().with(batch.concat(Shape.of(rows, columns))), product);
    }

    private static int blocks(int size, int block) {
        return (size + block - 1) / block;
    }
}
