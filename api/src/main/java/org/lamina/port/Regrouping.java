package org.lamina.port;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.lamina.Shape;

/** How a reshape carries the order of axes over: axes of one element come and go, neighbours are joined, an axis is divided. */
final class Regrouping {
    private final AxisOrder.Ordered order;
    private final Shape from;
    private final Shape to;
    /** For each axis of the result the axis of the operand that it begins in, and its place in it. */
    private final List<Integer> origins = new ArrayList<>();

    private Regrouping(AxisOrder.Ordered order, Shape from, Shape to) {
        this.order = order;
        this.from = from;
        this.to = to;
    }

    static AxisOrder of(AxisOrder.Ordered order, Shape from, Shape to) {
        return order.isSame()
                ? new AxisOrder.Ordered(
                        AxisOrder.Ordered.same(to.rank()).source(), AxisOrder.significant(to), order.given())
                : new Regrouping(order, from, to).result();
    }

    private AxisOrder result() {
        int[] open = {0, 0};
        while (open[0] < from.rank() || open[1] < to.rank()) {
            int first = open[0];
            int firstOfResult = open[1];
            advance(open);
            if (!keeps(first, open[0], firstOfResult, open[1])) {
                return joined(first, open[0], open[1] - firstOfResult);
            }
        }
        return new AxisOrder.Ordered(ranks(), AxisOrder.significant(to), order.given());
    }

    /** To the end of the least group of axes with as many elements on both sides. */
    private void advance(int[] open) {
        long left = 1;
        long right = 1;
        do {
            boolean more = open[0] < from.rank() && (left <= right || open[1] >= to.rank());
            if (more) {
                left *= from.extent(open[0]++);
            } else if (open[1] < to.rank()) {
                right *= to.extent(open[1]++);
            }
        } while (left != right && (open[0] < from.rank() || open[1] < to.rank()));
    }

    /** True if the axes of a group are neighbours in this order there too. */
    private boolean keeps(int first, int end, int firstOfResult, int endOfResult) {
        List<Integer> axes = IntStream.range(first, end)
                .filter(order.significant()::get)
                .boxed()
                .toList();
        for (int i = 1; i < axes.size(); i++) {
            if (!follows(axes.get(i - 1), axes.get(i))) {
                return false;
            }
        }
        int origin = axes.isEmpty() ? Math.min(first, from.rank() - 1) : axes.get(0);
        for (int axis = firstOfResult; axis < endOfResult; axis++) {
            origins.add(origin);
        }
        return true;
    }

    /** True if no axis that matters lies between two there. */
    private boolean follows(int before, int after) {
        int start = order.source().get(before);
        int end = order.source().get(after);
        return start < end
                && IntStream.range(0, order.rank())
                        .filter(axis -> order.significant().get(axis))
                        .noneMatch(axis -> order.source().get(axis) > start
                                && order.source().get(axis) < end);
    }

    private AxisOrder joined(int first, int end, int count) {
        boolean images = order.agrees(AxisOrder.Ordered.channels(order.rank()));
        return images && first == 1 && end == from.rank() && count == 1
                ? new AxisOrder.Flattened(from.extent(1), order.given())
                : new AxisOrder.Unknown("axes of different meaning are joined there");
    }

    /** The places of the result's axes: those of their origins, those of one origin in the order they have here. */
    private List<Integer> ranks() {
        List<Integer> axes = IntStream.range(0, to.rank())
                .boxed()
                .sorted(Comparator.comparing((Integer axis) -> order.source().get(origins.get(axis))))
                .toList();
        return IntStream.range(0, to.rank()).map(axes::indexOf).boxed().toList();
    }
}
