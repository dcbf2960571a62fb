package org.lamina.conformance.cases;

import java.util.List;
import java.util.stream.LongStream;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.graph.Cast;
import org.lamina.graph.Select;

/** Casts between all dtypes, and select. */
final class ConversionCases {
    private final CaseList list;

    ConversionCases(CaseList list) {
        this.list = list;
    }

    void add() {
        for (DType from : Values.ALL) {
            for (DType to : Values.ALL) {
                list.exact(new Cast(to), from, "to " + to, convertible(from, to));
                list.exact(new Cast(to), from, "scalar to " + to, Values.random(from, Shape.scalar(), 1));
                list.exact(new Cast(to), from, "empty to " + to, Values.random(from, Shape.of(2, 0), 1));
            }
        }
        list.exact(new Cast(DType.FLOAT32), DType.INT64, "rounded once to float32", roundedTwice());
        Values.ALL.forEach(this::addSelect);
    }

    /** Values that the other dtype can take. */
    private static HostArray convertible(DType from, DType to) {
        if (from.isFloating() && to.isInteger()) {
            return Values.spread(from, -20, 20, 81).reshape(Shape.of(9, 9));
        }
        if (from == DType.INT64 && to == DType.INT32) {
            return Values.random(from, Shape.of(5, 4), 1);
        }
        HostArray special = Values.special(from, Shape.of(40));
        // 1e300 becomes infinite and 0.1 is rounded.
        return from == DType.FLOAT64 && to == DType.FLOAT32
                ? HostArray.of(Shape.of(6), 0.1, 1e300, -1e300, Double.NaN, -0.0, 1 + 0x1p-24)
                : special;
    }

    /** Just above the middle of two floats: a first rounding to double loses what decides. */
    private static HostArray roundedTwice() {
        return HostArray.of(
                Shape.of(4),
                LongStream.of(1L << 60, 1L << 61, -(1L << 60), -(1L << 61))
                        .map(base -> base + Long.signum(base) * ((Math.abs(base) >> 24) + 1))
                        .toArray());
    }

    private void addSelect(DType dtype) {
        select(dtype, Shape.of(40), Shape.of(40), Shape.of(40));
        select(dtype, Shape.scalar(), Shape.scalar(), Shape.scalar());
        select(dtype, Shape.scalar(), Shape.of(3), Shape.of(3));
        select(dtype, Shape.of(4), Shape.scalar(), Shape.of(4));
        select(dtype, Shape.of(4), Shape.of(4), Shape.scalar());
        select(dtype, Shape.of(4), Shape.scalar(), Shape.scalar());
        select(dtype, Shape.of(3, 1), Shape.of(2), Shape.of(1, 1));
        select(dtype, Shape.of(2), Shape.of(3, 1), Shape.of(4, 1, 1));
        select(dtype, Shape.of(0), Shape.of(1), Shape.scalar());
        select(dtype, Shape.of(2, 1, 3, 1, 1, 2), Shape.of(1, 2, 1, 2, 1, 1), Shape.of(2));
    }

    private void select(DType dtype, Shape condition, Shape x, Shape y) {
        list.exact(
                new Select(),
                dtype,
                List.of(condition, x, y).toString(),
                Values.random(DType.BOOL, condition, 1),
                Values.special(dtype, x),
                Values.random(dtype, y, 2));
    }
}
