package org.lamina.conformance.oracle;

import java.util.stream.IntStream;
import org.lamina.Shape;

/** The matrix product. The loops run along rows of the result, so that the virtual machine makes vector code of them. */
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
        IntStream all = IntStream.range(0, ofX.length * rows);
        ((long) product.length * depth > WORTH_DIVIDING ? all.parallel() : all).forEach(line -> {
            int matrix = line / rows;
            int from = (ofX[matrix] * rows + line % rows) * depth;
            int with = ofY[matrix] * depth * columns;
            if (arithmetic.twofold()) {
                accurateRow(arithmetic, x.reals(), from, y.reals(), with, depth, product, line * columns, columns);
            } else {
                row(x.reals(), from, y.reals(), with, depth, product, line * columns, columns);
            }
        });
        return OracleTensor.of(x.type().with(batch.concat(Shape.of(rows, columns))), product);
    }

    /** Four terms at a time, which reads and writes the row a quarter as often. */
    private static void row(
            double[] x, int from, double[] y, int with, int depth, double[] product, int to, int columns) {
        int k = 0;
        for (; k + 3 < depth; k += 4) {
            double a = x[from + k];
            double b = x[from + k + 1];
            double c = x[from + k + 2];
            double d = x[from + k + 3];
            int second = with + (k + 1) * columns;
            int third = second + columns;
            int fourth = third + columns;
            for (int j = 0; j < columns; j++) {
                product[to + j] +=
                        a * y[with + k * columns + j] + b * y[second + j] + (c * y[third + j] + d * y[fourth + j]);
            }
        }
        for (; k < depth; k++) {
            for (int j = 0; j < columns; j++) {
                product[to + j] += x[from + k] * y[with + k * columns + j];
            }
        }
    }

    /** As {@link Accumulator} does it, for all columns side by side. */
    private static void accurateRow(
            Arithmetic arithmetic,
            double[] x,
            int from,
            double[] y,
            int with,
            int depth,
            double[] product,
            int to,
            int columns) {
        double[] sums = new double[columns];
        double[] errors = new double[columns];
        for (int k = 0; k < depth; k++) {
            addProducts(x[from + k], y, with + k * columns, sums, errors);
        }
        for (int j = 0; j < columns; j++) {
            product[to + j] = arithmetic.ranged(Accumulator.value(sums[j], errors[j]));
        }
    }

    private static void addProducts(double factor, double[] y, int with, double[] sums, double[] errors) {
        for (int j = 0; j < sums.length; j++) {
            double product = factor * y[with + j];
            double sum = sums[j] + product;
            errors[j] += Accumulator.sumError(sums[j], product, sum)
                    + Accumulator.productError(factor, y[with + j], product);
            sums[j] = sum;
        }
    }
}
