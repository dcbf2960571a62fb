package org.lamina.port;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.lamina.Shape;

/** How a value lies in a format that has the channels last. */
sealed interface AxisOrder {
    /**
     * The same axes, perhaps in another order.
     *
     * @param source for each axis the place that it has there
     * @param significant for each axis false if it has one element by construction, so that its place means nothing
     * @param given true if the order is only that of a model's input, which no weights have confirmed
     */
    record Ordered(List<Integer> source, List<Boolean> significant, boolean given) implements AxisOrder {
        /** Copies the lists. */
        public Ordered {
            source = List.copyOf(source);
            significant = List.copyOf(significant);
        }

        /** As it lies here. */
        static Ordered same(int rank) {
            return of(IntStream.range(0, rank).boxed().toList());
        }

        /** (batch, channels, places) here, which has the channels last there. */
        static Ordered channels(int rank) {
            return of(IntStream.range(0, rank)
                    .map(axis -> axis == 0 || rank < 3 ? axis : axis == 1 ? rank - 1 : axis - 1)
                    .boxed()
                    .toList());
        }

        private static Ordered of(List<Integer> source) {
            return new Ordered(source, source.stream().map(axis -> true).toList(), false);
        }

        Ordered given(boolean isGiven) {
            return new Ordered(source, significant, isGiven);
        }

        int rank() {
            return source.size();
        }

        /** With axis i being axis order[i] before. */
        Ordered permuted(List<Integer> order) {
            return new Ordered(
                    order.stream().map(source::get).toList(),
                    order.stream().map(significant::get).toList(),
                    given);
        }

        boolean isSame() {
            return agrees(same(rank()));
        }

        /** True if the axes that are significant in both follow one another in the same order. */
        boolean agrees(Ordered other) {
            if (other.rank() != rank()) {
                return false;
            }
            List<Integer> common = IntStream.range(0, rank())
                    .filter(axis -> significant.get(axis) && other.significant.get(axis))
                    .boxed()
                    .toList();
            return sorted(common, source).equals(sorted(common, other.source));
        }

        private static List<Integer> sorted(List<Integer> axes, List<Integer> places) {
            return axes.stream().sorted(Comparator.comparing(places::get)).toList();
        }

        /** True if all axes that are significant in another are so in this. */
        boolean covers(Ordered other) {
            return IntStream.range(0, rank()).allMatch(axis -> significant.get(axis) || !other.significant.get(axis));
        }

        /** The order of axes that makes this another order: axis i of the result is the axis here that is given. */
        List<Long> to(Ordered wanted) {
            return wanted.source.stream()
                    .map(place -> (long) source.indexOf(place))
                    .toList();
        }
    }

    /**
     * (batch, channels times places) here, whose elements after the batch are (places, channels) there.
     *
     * @param channels how many
     * @param given true if only a model's input says how many
     */
    record Flattened(long channels, boolean given) implements AxisOrder {}

    /**
     * It could not be followed.
     *
     * @param reason why
     */
    record Unknown(String reason) implements AxisOrder {}

    /** The axes of a shape that have more than one element, or an open number. */
    static List<Boolean> significant(Shape shape) {
        return IntStream.range(0, shape.rank())
                .mapToObj(axis -> shape.extent(axis) != 1)
                .toList();
    }
}
