package org.lamina.conformance.oracle;

/**
 * A block of a product of matrices, row by row. The innermost loops run through arrays from 0 on: the virtual machine makes no vector
 * code of loops through arrays at different offsets, as it cannot tell that they do not overlap.
 */
final class ProductBlock {
    /** So many rows use each row of the second matrix while it is in the processor's cache. */
    static final int ROWS = 64;

    static final int COLUMNS = 256;

    private final double[] x;
    private final int from;
    private final double[] y;
    private final int with;
    private final int depth;
    private final int stride;

    /**
     * Of the rows of one matrix and the columns of another.
     *
     * @param from where the first row begins in x
     * @param with where the first column begins in y
     * @param depth the number of terms, and of x from row to row
     * @param stride of y from row to row
     */
    ProductBlock(double[] x, int from, double[] y, int with, int depth, int stride) {
        this.x = x;
        this.from = from;
        this.y = y;
        this.with = with;
        this.depth = depth;
        this.stride = stride;
    }

    void multiply(Arithmetic arithmetic, int rows, int columns, double[] product, int to) {
        double[][] sums = arithmetic.twofold() ? accurate(arithmetic, rows, columns) : plain(rows, columns);
        for (int row = 0; row < rows; row++) {
            System.arraycopy(sums[row], 0, product, to + row * stride, columns);
        }
    }

    /** Four terms at a time, which reads and writes the sums a quarter as often. */
    private double[][] plain(int rows, int columns) {
        double[][] sums = new double[rows][columns];
        double[][] terms = new double[4][columns];
        int k = 0;
        for (; k + 3 < depth; k += 4) {
            for (int i = 0; i < 4; i++) {
                read(k + i, terms[i]);
            }
            for (int row = 0; row < rows; row++) {
                addFour(from + row * depth + k, terms[0], terms[1], terms[2], terms[3], sums[row]);
            }
        }
        for (; k < depth; k++) {
            read(k, terms[0]);
            for (int row = 0; row < rows; row++) {
                add(x[from + row * depth + k], terms[0], sums[row]);
            }
        }
        return sums;
    }

    private void read(int k, double[] row) {
        System.arraycopy(y, with + k * stride, row, 0, row.length);
    }

    private void addFour(int at, double[] first, double[] second, double[] third, double[] fourth, double[] sums) {
        double a = x[at];
        double b = x[at + 1];
        double c = x[at + 2];
        double d = x[at + 3];
        for (int j = 0; j < sums.length; j++) {
            sums[j] += a * first[j] + b * second[j] + (c * third[j] + d * fourth[j]);
        }
    }

    private static void add(double factor, double[] terms, double[] sums) {
        for (int j = 0; j < sums.length; j++) {
            sums[j] += factor * terms[j];
        }
    }

    /** As {@link Accumulator} does it, for all columns side by side. */
    private double[][] accurate(Arithmetic arithmetic, int rows, int columns) {
        double[][] sums = new double[rows][columns];
        double[][] errors = new double[rows][columns];
        double[] terms = new double[columns];
        for (int k = 0; k < depth; k++) {
            read(k, terms);
            for (int row = 0; row < rows; row++) {
                addAccurately(x[from + row * depth + k], terms, sums[row], errors[row]);
            }
        }
        for (int row = 0; row < rows; row++) {
            for (int j = 0; j < columns; j++) {
                sums[row][j] = arithmetic.ranged(Accumulator.value(sums[row][j], errors[row][j]));
            }
        }
        return sums;
    }

    private static void addAccurately(double factor, double[] terms, double[] sums, double[] errors) {
        for (int j = 0; j < sums.length; j++) {
            double product = factor * terms[j];
            double sum = sums[j] + product;
            errors[j] +=
                    Accumulator.sumError(sums[j], product, sum) + Accumulator.productError(factor, terms[j], product);
            sums[j] = sum;
        }
    }
}
