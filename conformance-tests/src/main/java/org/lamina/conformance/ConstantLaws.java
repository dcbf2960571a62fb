package org.lamina.conformance;

import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.layer.Layer;
import org.lamina.layer.Tensor;

/**
 * What sums of equal numbers must be, up to a million of them. No expected number is needed, and no order of adding up can hide: each
 * partial sum rounds the same way, so that a kernel that adds one number after another is off by 10^5 units of rounding where a good
 * one is by 8 to 44.
 */
public final class ConstantLaws {
    private static final String RULE = "7.12";
    /** No binary number of any width. */
    private static final double VALUE = 1.1;
    /** How many units of rounding a good sum of up to 10^6 numbers may be off, relative to the sum. */
    private static final double UNITS = 64;

    private static final long[] SIZES = {100, 1_000, 10_000, 100_000, 1_000_000};
    private static final int OTHERS = 3;

    private ConstantLaws() {}

    /** Each law on each size. */
    public static List<LawCase> all() {
        return LongStream.of(SIZES).boxed().flatMap(ConstantLaws::of).toList();
    }

    /** The laws of sums of as many numbers. */
    static Stream<LawCase> of(long size) {
        return Stream.of(
                        reduced(size, "all", Shape.of(size)),
                        reduced(size, "the first axis", Shape.of(size, OTHERS), 0),
                        reduced(size, "the last axis", Shape.of(OTHERS, size), 1),
                        List.of(product(size), runningSum(size), scattered(size)))
                .flatMap(List::stream);
    }

    private static LawCase on(String name, Shape shape, Layer layer, Law law) {
        HostArray constant = HostArray.full(new TensorType(DType.FLOAT64, shape), VALUE);
        return new LawCase(name, () -> layer, List.of(constant), List.of(law), RULE);
    }

    private static List<LawCase> reduced(long size, String over, Shape shape, int... axes) {
        String of = " over " + over + " of " + shape;
        return List.of(
                on("sum" + of, shape, (scope, x) -> x.sum(axes), isSum(size)),
                on("mean" + of, shape, (scope, x) -> x.mean(axes), isMean()),
                on("variance" + of, shape, (scope, x) -> x.variance(0, axes), noVariance()));
    }

    private static Law isMean() {
        return isAbout("f(c) = c", 1);
    }

    private static Law isSum(long size) {
        return isAbout("f(c) = n c", (double) size);
    }

    /** The value stands in the law in the width of the check, where it is another number. */
    private static Law isAbout(String name, double times) {
        return Law.of(name, (f, x) -> f.of(x), (f, x) -> value(x).mul(times))
                .within(dtype -> UNITS * unit(dtype) * VALUE * times);
    }

    private static Law noVariance() {
        return Law.of("f(c) = 0", (f, x) -> f.of(x), (f, x) -> value(x).mul(0))
                .within(dtype -> Math.pow(UNITS * unit(dtype) * VALUE, 2));
    }

    private static Tensor value(Tensor x) {
        return x.reshape(-1).get(0, 0);
    }

    /** Half the distance from 1 to the next number. */
    private static double unit(DType dtype) {
        return dtype == DType.FLOAT32 ? 0x1p-24 : 0x1p-53;
    }

    private static LawCase product(long size) {
        Shape shape = Shape.of(OTHERS, size);
        return on(
                "product of " + shape + " and ones",
                shape,
                (scope, x) -> x.matmul(x.get(0, 0).mul(0).add(1).reshape(size, 1)),
                isSum(size));
    }

    private static LawCase runningSum(long size) {
        return on(
                "the last running sum of " + size,
                Shape.of(size),
                (scope, x) -> x.cumSum(0).get(0, size - 1),
                isSum(size));
    }

    /** The derivative of taking one element many times adds up as many cotangents. */
    private static LawCase scattered(long size) {
        HostArray zeros = HostArray.full(new TensorType(DType.INT64, Shape.of(size)), 0);
        return on(
                "the derivative of an element that is taken " + size + " times",
                Shape.of(1),
                (scope, x) -> x.gather(0, x.constant(zeros))
                        .mul(x.stopGradient())
                        .sum()
                        .gradient(x),
                isSum(size));
    }
}
