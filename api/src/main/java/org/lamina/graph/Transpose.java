package org.lamina.graph;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lamina.ErrorCode;
import org.lamina.Shape;
import org.lamina.TensorType;

/**
 * The axes in another order.
 *
 * @param permutation for each axis of the result the axis of the operand, counted from the start
 */
public record Transpose(List<Integer> permutation) implements Op {
    @Override
    public String kind() {
        return "transpose";
    }

    @Override
    public TensorType infer(Operands operands) {
        Shape x = operands.shape(0);
        if (!permutation.stream()
                .sorted()
                .toList()
                .equals(IntStream.range(0, x.rank()).boxed().toList())) {
            throw operands.error(
                    ErrorCode.AXIS,
                    operands.describeShape(0) + " and the order of axes is " + permutation
                            + ", which must name each of its " + x.rank() + " axes once.");
        }
        return new TensorType(
                operands.dtype(0),
                Shape.of(permutation.stream().mapToLong(x::extent).toArray()));
    }

    @Override
    public List<@Nullable Node> pullback(GraphBuilder graph, Node node, Node cotangent) {
        List<Integer> inverse = IntStream.range(0, permutation.size())
                .map(permutation::indexOf)
                .boxed()
                .toList();
        return List.of(graph.apply(new Transpose(inverse), cotangent));
    }

    @Override
    public <T> T lower(Lowering<T> lowering, TensorType type, List<T> operands) {
        return lowering.transpose(
                operands.get(0),
                permutation.stream().mapToInt(Integer::intValue).toArray());
    }
}
