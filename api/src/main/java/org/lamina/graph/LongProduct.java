package org.lamina.graph;

import java.util.ArrayList;
import java.util.List;
import org.lamina.Shape;

/**
 * Matrix products of long rows and columns: of one or two vectors on each side as sums of their elements' products, else in pieces of
 * the contracted axis, which are a batch of products and summed; or, where that is faster, narrow ones as wide ones, whose kernels have
 * blocks of their own.
 */
final class LongProduct {
    /** From so many rows and columns on all frameworks have blocks of their own; PyTorch's have 8 rows added up in one. */
    private static final long WIDE = 16;

    /** So many suffice where rows of zeros are added. */
    private static final long PADDED = 8;

    /** So many products need no batch, where batches are slow, and where their results are large. */
    private static final long FEW = 16;

    private static final long MANY = 64;

    private final GraphBuilder graph;
    private final Accumulation limits;

    LongProduct(GraphBuilder graph, Accumulation limits) {
        this.graph = graph;
        this.limits = limits;
    }

    static boolean isLong(Node node, long batch, Accumulation.Products limits) {
        Shape x = node.operand(0).type().shape();
        return Accumulation.extent(x, x.rank() - 1, batch) > limit(node, batch, limits);
    }

    /** True if the kernels may be trusted with less at a batch size than with an open batch, which counts as a large one. */
    static boolean isLessTrusted(Node node, long batch, Accumulation.Products limits) {
        return limit(node, batch, limits) < limit(node, Shape.BATCH, limits);
    }

    /** An open size counts as a large one. */
    private static long limit(Node node, long batch, Accumulation.Products limits) {
        int rank = node.type().shape().rank();
        long rows = Accumulation.extent(node.type().shape(), rank - 2, batch);
        long columns = Accumulation.extent(node.type().shape(), rank - 1, batch);
        long wide = limits.padded() ? PADDED : WIDE;
        long least = Math.min(rows < 0 ? wide : rows, columns < 0 ? wide : columns);
        if (least > 1) {
            return least < wide ? limits.narrow() : limits.wide();
        }
        boolean rowByRow = rows == 1 ? isSwapped(node.operand(1)) : !isSwapped(node.operand(0));
        return rowByRow && rows != columns ? Math.min(4 * limits.vectors(), limits.wide()) : limits.vectors();
    }

    /** True of a transposed matrix. */
    private static boolean isSwapped(Node node) {
        if (!(node.op() instanceof Transpose transpose)) {
            return false;
        }
        List<Integer> permutation = transpose.permutation();
        int rank = permutation.size();
        boolean swapped = permutation.get(rank - 1) == rank - 2 && permutation.get(rank - 2) == rank - 1;
        for (int axis = 0; axis < rank - 2; axis++) {
            swapped &= permutation.get(axis) == axis;
        }
        return swapped;
    }

    Node of(Node node) {
        Shape shape = node.type().shape();
        Folding folding = Folding.of(shape, List.of(0, shape.rank() - 2, shape.rank() - 1));
        if (folding.first() < 0) {
            return of(node.operand(0), node.operand(1), node);
        }
        Node x = folded(node.operand(0), shape);
        Node y = folded(node.operand(1), shape);
        return graph.reshape(of(x, y, graph.apply(new MatMul(), x, y)), shape);
    }

    /** With the leading axes of the product. */
    private Node folded(Node x, Shape product) {
        int rank = product.rank();
        Shape whole = product.slice(0, rank - 2).concat(x.type().shape().slice(rank(x) - 2, rank(x)));
        Folding folding = Folding.of(whole, List.of(0, rank - 2, rank - 1));
        return graph.reshape(graph.broadcast(x, whole), folding.folded());
    }

    private Node of(Node x, Node y, Node node) {
        Shape shape = node.type().shape();
        long rows = shape.extent(shape.rank() - 2);
        long columns = shape.extent(shape.rank() - 1);
        if (rows == columns && rows >= 1 && rows <= 2) {
            return byElements(x, y, shape);
        }
        boolean narrow = (rows >= 0 && rows < PADDED) || (columns >= 0 && columns < PADDED);
        if (narrow && limits.products().padded()) {
            return padded(x, y, rows, columns);
        }
        // Batches of thin products are left to kernels that have no lanes, so their pieces are as those of the least
        // limit.
        boolean thin = rows == 1 || columns == 1;
        long piece = (thin ? limits.products().vectors() : limit(node, Shape.BATCH, limits.products())) / 2;
        if (rows == 1 && isSwapped(y)) {
            // A row by a transposed matrix is the matrix by a column, whose pieces need not be moved twice.
            return graph.reshape(pieces(y.operand(0), swapped(x), piece), shape);
        }
        return pieces(x, y, piece);
    }

    /** (..., m, 1, k) times (..., 1, n, k), summed along the last axis. */
    private Node byElements(Node x, Node y, Shape shape) {
        int rank = shape.rank();
        Shape product = shape.concat(Shape.of(size(x)));
        Node rows = graph.reshape(x, product.with(rank - 1, 1));
        Node columns = graph.reshape(swapped(y), product.with(rank - 2, 1));
        Node products = graph.mul(graph.broadcast(rows, product), graph.broadcast(columns, product));
        return new LongReduction(graph, limits).along(products, rank, limits.rows());
    }

    /** With rows of zeros below x and columns of zeros beside y, which the result loses again. */
    private Node padded(Node x, Node y, long rows, long columns) {
        Node high = rows >= 0 && rows < PADDED ? graph.apply(new Pad(rank(x) - 2, 0, PADDED - rows, 0), x) : x;
        Node broad = columns >= 0 && columns < PADDED
                ? swapped(graph.apply(new Pad(rank(y) - 2, 0, PADDED - columns, 0), swapped(y)))
                : y;
        Node product = graph.apply(new MatMul(), high, broad);
        if (size(x) > limits.products().narrow()) {
            product = pieces(high, broad, limits.products().narrow() / 2);
        }
        Node left = high == x ? product : graph.apply(new Slice(rank(product) - 2, 0, rows, 1), product);
        return broad == y ? left : graph.apply(new Slice(rank(product) - 1, 0, columns, 1), left);
    }

    private static int rank(Node node) {
        return node.type().shape().rank();
    }

    /** The number of terms. */
    private static long size(Node x) {
        return x.type().shape().extent(rank(x) - 1);
    }

    private Node pieces(Node x, Node y, long most) {
        long size = size(x);
        long piece = Accumulation.block(size, most);
        long pieces = size / piece;
        if (pieces <= (limits.products().padded() ? FEW : MANY)
                && (limits.products().padded() || isVast(x, y, piece))) {
            return oneByOne(x, y, piece);
        }
        Node products = graph.apply(new MatMul(), left(x, pieces, piece), right(y, pieces, piece));
        Node sum = new LongReduction(graph, limits).along(products, rank(products) - 3, limits.columns());
        long rest = size - pieces * piece;
        if (rest == 0) {
            return sum;
        }
        return graph.add(sum, piece(x, y, pieces * piece, rest));
    }

    /** True if the products of all pieces have more than twice the elements that are multiplied. */
    private static boolean isVast(Node x, Node y, long piece) {
        long rows = x.type().shape().extent(rank(x) - 2);
        long columns = y.type().shape().extent(rank(y) - 1);
        return rows * columns > 2 * piece * (rows + columns);
    }

    private Node oneByOne(Node x, Node y, long piece) {
        Node sum = piece(x, y, 0, piece);
        for (long start = piece; start < size(x); start += piece) {
            sum = graph.add(sum, piece(x, y, start, Math.min(piece, size(x) - start)));
        }
        return sum;
    }

    /** The product of some columns of x and as many rows of y. */
    private Node piece(Node x, Node y, long start, long length) {
        return graph.apply(new MatMul(), slice(x, rank(x) - 1, start, length), slice(y, rank(y) - 2, start, length));
    }

    /** (..., m, k) as (..., k / piece, m, piece); a transposed matrix is cut before it is transposed, which moves nothing. */
    private Node left(Node x, long pieces, long piece) {
        int rank = rank(x);
        if (isSwapped(x)) {
            return swapped(right(x.operand(0), pieces, piece));
        }
        Shape shape = x.type().shape();
        Node cut = slice(x, rank - 1, 0, pieces * piece);
        if (shape.extent(rank - 2) == 1) {
            return graph.reshape(cut, shape.slice(0, rank - 2).concat(Shape.of(pieces, 1, piece)));
        }
        Node apart = graph.reshape(cut, shape.slice(0, rank - 1).concat(Shape.of(pieces, piece)));
        return graph.apply(new Transpose(order(rank + 1, rank - 1, rank - 2, rank)), apart);
    }

    /** (..., k, n) as (..., k / piece, piece, n). */
    private Node right(Node y, long pieces, long piece) {
        int rank = rank(y);
        if (isSwapped(y) && y.type().shape().extent(rank - 1) != 1) {
            return swapped(left(y.operand(0), pieces, piece));
        }
        Shape shape = y.type().shape();
        Shape cut = shape.slice(0, rank - 2).concat(Shape.of(pieces, piece)).concat(shape.slice(rank - 1, rank));
        return graph.reshape(slice(y, rank - 2, 0, pieces * piece), cut);
    }

    private Node slice(Node x, int axis, long start, long length) {
        return graph.apply(new Slice(axis, start, length, 1), x);
    }

    private Node swapped(Node x) {
        int rank = rank(x);
        return graph.apply(new Transpose(order(rank, rank - 1, rank - 2)), x);
    }

    /** The axes in order but for the last ones. */
    private static List<Integer> order(int rank, Integer... last) {
        List<Integer> order = new ArrayList<>(LongReduction.axes(0, rank - last.length));
        order.addAll(List.of(last));
        return List.copyOf(order);
    }
}
