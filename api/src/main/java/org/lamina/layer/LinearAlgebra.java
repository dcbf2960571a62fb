package org.lamina.layer;

import org.lamina.ErrorCode;
import org.lamina.graph.MatMul;

/** Products of tensors. */
final class LinearAlgebra {
    private LinearAlgebra() {}

    static Tensor matmul(Tensor x, Tensor y) {
        int m = x.shape().rank();
        int n = y.shape().rank();
        if (m == 0 || n == 0) {
            throw x.graph()
                    .located(
                            ErrorCode.SHAPE,
                            "matmul: x is " + x.shape() + " and y is " + y.shape()
                                    + "; a scalar is no matrix. Use mul.");
        }
        if (m >= 2 && n >= 2) {
            return x.apply(new MatMul(), y);
        }
        if (x.shape().extent(m - 1) != y.shape().extent(Math.max(0, n - 2))) {
            throw x.graph()
                    .located(
                            ErrorCode.SHAPE,
                            "matmul: x is " + x.shape() + " and y is " + y.shape() + "; "
                                    + x.shape().extent(m - 1) + " and "
                                    + y.shape().extent(Math.max(0, n - 2)) + " must be equal.");
        }
        Tensor product = (m == 1 ? x.expandDims(0) : x).matmul(n == 1 ? y.expandDims(1) : y);
        Tensor rows = n == 1 ? product.squeeze(-1) : product;
        return m == 1 ? rows.squeeze(n == 1 ? -1 : -2) : rows;
    }
}
