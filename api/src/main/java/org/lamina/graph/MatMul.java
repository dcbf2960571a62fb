package org.lamina.graph;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamina.ErrorCode;
import org.lamina.Shape;
import org.lamina.TensorType;

/** The matrix product of the last two axes, (..., m, k) by (..., k, n); the axes before them broadcast. */
public record MatMul() implements Op {
    @Override
    public String kind() {
        return "matmul";
    }

    @Override
    public TensorType infer(Operands operands) {
        operands.requireSameDtype(0, 1);
        operands.requireFloating(0);
        Shape x = operands.shape(0);
        Shape y = operands.shape(1);
        String both = operands.describeShape(0) + " and " + operands.describeShape(1);
        if (x.rank() < 2 || y.rank() < 2) {
            throw operands.error(ErrorCode.SHAPE, both + "; both need at least two axes. Use reshape first.");
        }
        long k = x.extent(x.rank() - 1);
        long l = y.extent(y.rank() - 2);
        if (k != l) {
            throw operands.error(
                    ErrorCode.SHAPE, both + "; " + Operands.size(k) + " and " + Operands.size(l) + " must be equal.");
        }
        Shape batch = operands.broadcast(x.slice(0, x.rank() - 2), y.slice(0, y.rank() - 2), both);
        Shape matrix = Shape.of(x.extent(x.rank() - 2), y.extent(y.rank() - 1));
        return new TensorType(operands.dtype(0), batch.concat(matrix));
    }

    @Override
    public List<@Nullable Node> pullback(GraphBuilder graph, Node node, Node cotangent) {
        Node x = node.operand(0);
        Node y = node.operand(1);
        Node dx = graph.apply(this, cotangent, swapped(graph, y));
        Node dy = graph.apply(this, swapped(graph, x), cotangent);
        return List.of(
                graph.sumTo(dx, x.type().shape()), graph.sumTo(dy, y.type().shape()));
    }

    private static Node swapped(GraphBuilder graph, Node x) {
        int rank = x.type().shape().rank();
        List<Integer> permutation = new ArrayList<>();
        for (int axis = 0; axis < rank - 2; axis++) {
            permutation.add(axis);
        }
        permutation.add(rank - 1);
        permutation.add(rank - 2);
        return graph.apply(new Transpose(List.copyOf(permutation)), x);
    }

    @Override
    public <T> T lower(Lowering<T> lowering, TensorType type, List<T> operands) {
        return lowering.matmul(operands.get(0), operands.get(1));
    }
}
