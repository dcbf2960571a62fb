package org.lamina.conformance.oracle;

import org.lamina.Shape;

/** The matrix product. */
final class LinearAlgebra {
    private LinearAlgebra() {}

    static OracleTensor matmul(OracleTensor x, OracleTensor y, Arithmetic arithmetic) {
        Matrices left = new Matrices(x);
        Matrices right = new Matrices(y);
        Shape batch = Elementwise.common(left.batch(), right.batch());
        int[] ofLeft = Layout.broadcast(left.batch(), batch).positions();
        int[] ofRight = Layout.broadcast(right.batch(), batch).positions();
        int rows = left.rows();
        int columns = right.columns();
        double[] product = new double[ofLeft.length * rows * columns];
        for (int b = 0; b < ofLeft.length; b++) {
            for (int row = 0; row < rows; row++) {
                double[] along = left.row(ofLeft[b], row);
                for (int column = 0; column < columns; column++) {
                    product[(b * rows + row) * columns + column] =
                            arithmetic.dot(along, right.column(ofRight[b], column));
                }
            }
        }
        return OracleTensor.ofReals(x.type().with(batch.concat(Shape.of(rows, columns))), i -> product[i]);
    }

    /** A tensor as a batch of matrices. */
    private record Matrices(OracleTensor tensor) {
        private Shape shape() {
            return tensor.shape();
        }

        Shape batch() {
            return shape().slice(0, shape().rank() - 2);
        }

        int rows() {
            return (int) shape().extent(shape().rank() - 2);
        }

        int columns() {
            return (int) shape().extent(shape().rank() - 1);
        }

        double[] row(int matrix, int row) {
            double[] elements = new double[columns()];
            for (int i = 0; i < elements.length; i++) {
                elements[i] = tensor.real((matrix * rows() + row) * elements.length + i);
            }
            return elements;
        }

        double[] column(int matrix, int column) {
            double[] elements = new double[rows()];
            for (int i = 0; i < elements.length; i++) {
                elements[i] = tensor.real((matrix * elements.length + i) * columns() + column);
            }
            return elements;
        }
    }
}
