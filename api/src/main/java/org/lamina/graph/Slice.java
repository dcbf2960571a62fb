package org.lamina.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamina.ErrorCode;
import org.lamina.Shape;
import org.lamina.TensorType;

/**
 * Elements start, start + step, start + 2 step, ... along one axis.
 *
 * @param axis counted from the start
 * @param start the first index
 * @param length how many elements, perhaps none
 * @param step not 0; negative goes backwards; 1 where there is no second element
 */
public record Slice(int axis, long start, long length, long step) implements Op {
    /** A step that leads nowhere could be too large to be turned around or to be filled with zeros. */
    public Slice {
        step = length < 2 && step != 0 ? 1 : step;
    }

    @Override
    public String kind() {
        return "slice";
    }

    @Override
    public TensorType infer(Operands operands) {
        operands.requireAxis(0, axis);
        long size = operands.closed(0, axis);
        if (step == 0 || length < 0 || (length > 0 && !liesInside(size))) {
            throw operands.error(
                    ErrorCode.RANGE,
                    operands.describeShape(0) + ", and " + length + " elements from " + start + " by step " + step
                            + " do not lie inside axis " + axis + ". Keep every index from 0 to " + (size - 1) + ".");
        }
        return new TensorType(operands.dtype(0), operands.shape(0).with(axis, length));
    }

    private boolean liesInside(long size) {
        if (start < 0 || start >= size) {
            return false;
        }
        long room = step > 0 ? size - 1 - start : -start;
        return length - 1 <= room / step;
    }

    @Override
    public List<@Nullable Node> pullback(GraphBuilder graph, Node node, Node cotangent) {
        return List.of(spread(graph, cotangent, node.operand(0).type().shape().extent(axis)));
    }

    @Override
    public <T> T lower(Lowering<T> lowering, TensorType type, List<T> operands) {
        return length > 0
                ? lowering.slice(operands.get(0), axis, start, length, step)
                : lowering.slice(operands.get(0), axis, 0, 0, 1);
    }

    /** The elements put back to where they were taken, zeros between and around them. */
    private Node spread(GraphBuilder graph, Node elements, long size) {
        if (length == 0) {
            return graph.apply(new Pad(axis, 0, size, 0), elements);
        }
        Node forward = step > 0 ? elements : graph.apply(new Slice(axis, length - 1, length, -1), elements);
        long first = step > 0 ? start : start + (length - 1) * step;
        long stride = Math.abs(step);
        Node dilated = stride == 1 ? forward : dilate(graph, forward, stride);
        long span = (length - 1) * stride + 1;
        return graph.apply(new Pad(axis, first, size - first - span, 0), dilated);
    }

    private Node dilate(GraphBuilder graph, Node x, long stride) {
        Shape shape = x.type().shape();
        Shape before = shape.slice(0, axis + 1);
        Shape after = shape.slice(axis + 1, shape.rank());
        Node column = graph.reshape(x, before.concat(Shape.of(1)).concat(after));
        Node rows = graph.apply(new Pad(axis + 1, 0, stride - 1, 0), column);
        Node flat = graph.reshape(rows, shape.with(axis, length * stride));
        return graph.apply(new Slice(axis, 0, (length - 1) * stride + 1, 1), flat);
    }
}
