package org.lamina.conformance;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.lamina.Shape;

/** Shapes for properties: of all ranks with sizes 0, 1 and odd ones, and large ones of rank 1 and 2. They shrink to few ones. */
final class GeneratedShapes {
    private static final int MOST_AXES = 6;
    private static final long MOST_SMALL = 400;

    private GeneratedShapes() {}

    private static Arbitrary<Long> size() {
        return Arbitraries.frequencyOf(
                Tuple.of(9, Arbitraries.of(1L, 2L, 3L, 5L, 7L)), Tuple.of(1, Arbitraries.just(0L)));
    }

    /** Of some ranks, few elements. */
    static Arbitrary<Shape> small(int leastRank, int mostRank) {
        return size().list()
                .ofMinSize(leastRank)
                .ofMaxSize(mostRank)
                .map(GeneratedShapes::shape)
                .filter(shape -> shape.size() <= MOST_SMALL);
    }

    /** Of any rank up to 6, sometimes of many elements. */
    static Arbitrary<Shape> any(int leastRank) {
        Arbitrary<Shape> vector = Arbitraries.longs().between(8, 2049).map(Shape::of);
        Arbitrary<Shape> matrix = Combinators.combine(
                        Arbitraries.longs().between(1, 65), Arbitraries.longs().between(1, 65))
                .as((rows, columns) -> Shape.of(rows, columns));
        Arbitrary<Shape> large = leastRank > 1 ? matrix : Arbitraries.oneOf(vector, matrix);
        return Arbitraries.frequencyOf(Tuple.of(8, small(leastRank, MOST_AXES)), Tuple.of(2, large));
    }

    /** Shapes that broadcast together, as many as are asked for. */
    static Arbitrary<List<Shape>> broadcasting(int count) {
        Arbitrary<List<List<Boolean>>> kept =
                Arbitraries.of(true, false).list().ofSize(MOST_AXES + 1).list().ofSize(count);
        Arbitrary<List<Integer>> dropped =
                Arbitraries.of(0, 0, 1, 2, MOST_AXES).list().ofSize(count);
        return Combinators.combine(any(0), kept, dropped).as((whole, keep, drop) -> {
            List<Shape> shapes = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                shapes.add(partOf(whole, keep.get(i), i == 0 ? 0 : drop.get(i)));
            }
            return List.copyOf(shapes);
        });
    }

    /** A shape that broadcasts to the whole: some axes 1, some leading ones left out. */
    private static Shape partOf(Shape whole, List<Boolean> keep, int drop) {
        List<Long> sizes = new ArrayList<>();
        for (int axis = Math.min(drop, whole.rank()); axis < whole.rank(); axis++) {
            sizes.add(keep.get(axis) ? whole.extent(axis) : 1);
        }
        return shape(sizes);
    }

    private static Shape shape(List<Long> sizes) {
        return Shape.of(sizes.stream().mapToLong(size -> size).toArray());
    }
}
