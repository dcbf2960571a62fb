package org.lamina.conformance;

import java.util.List;
import java.util.function.UnaryOperator;
import org.lamina.layer.Tensor;

/** Laws that many layers keep. Where a law needs a second input, it is the sine of the first. */
public final class Laws {
    private Laws() {}

    private static List<Tensor> each(List<Tensor> tensors, UnaryOperator<Tensor> function) {
        return tensors.stream().map(function).toList();
    }

    private static Tensor negative(Tensor x) {
        return x.neg();
    }

    /** An operation on the inputs is the same one on the outputs. */
    public static Law commutes(String name, UnaryOperator<Tensor> operation) {
        return Law.ofLists(
                "f(" + name + ") = " + name + " of f(x)",
                (f, in) -> f.of(each(in, operation)),
                (f, in) -> each(f.of(in), operation));
    }

    /** An operation on the inputs changes nothing. */
    public static Law invariant(String name, UnaryOperator<Tensor> operation) {
        return Law.ofLists("f(" + name + ") = f(x)", (f, in) -> f.of(each(in, operation)), (f, in) -> f.of(in));
    }

    /** Elements along an axis in another order are outputs in that order; of axis 0, the rows. */
    public static Law commutesWithOrder(int axis) {
        return commutes("x reversed along axis " + axis, x -> x.reverse(axis));
    }

    /** The order of elements along an axis does not matter. */
    public static Law ignoresOrder(int axis) {
        return invariant("x reversed along axis " + axis, x -> x.reverse(axis));
    }

    /** A row gives by itself what it gives in a batch. */
    public static Law rowByRow() {
        return commutes("the first row of x", x -> x.slice(0, 0, 1));
    }

    /** Each position along an axis depends on it and those before it. */
    public static Law causal(int axis) {
        return commutes("x up to a position of axis " + axis, x -> x.slice(axis, 0, 2));
    }

    /** Moving the input by a step along an axis moves the output by one. */
    public static Law translates(int axis, long input, long output) {
        return Law.of(
                "f(x without the first " + input + " of axis " + axis + ") = f(x) without the first " + output,
                (f, x) -> f.of(x.slice(axis, input, Long.MAX_VALUE)),
                (f, x) -> f.of(x).slice(axis, output, Long.MAX_VALUE));
    }

    /** A number added everywhere changes nothing. */
    public static Law ignoresShift(double shift) {
        return invariant("x + " + shift, x -> x.add(shift));
    }

    /** A factor of the input is one of the output. */
    public static Law scales(double input, double output) {
        return Law.of("f(" + input + " x) = " + output + " f(x)", (f, x) -> f.of(x.mul(input)), (f, x) -> f.of(x)
                .mul(output));
    }

    /** f(x + z) = f(x) + f(z). */
    public static Law linear() {
        return Law.of("f(x + sin x) = f(x) + f(sin x)", (f, x) -> f.of(x.add(x.sin())), (f, x) -> f.of(x)
                .add(f.of(x.sin())));
    }

    /** Linear but for what the layer adds to everything. */
    public static Law affine() {
        return Law.of(
                "f(x + sin x) + f(0) = f(x) + f(sin x)",
                (f, x) -> f.of(x.add(x.sin())).add(f.of(x.mul(0))),
                (f, x) -> f.of(x).add(f.of(x.sin())));
    }

    /** A second time changes nothing more. */
    public static Law idempotent() {
        return Law.of("f(f(x)) = f(x)", (f, x) -> f.of(f.of(x)), (f, x) -> f.of(x));
    }

    /** f(-x) = -f(x). */
    public static Law odd() {
        return commutes("-x", Laws::negative);
    }

    /** f(-x) = f(x). */
    public static Law even() {
        return invariant("-x", Laws::negative);
    }

    /** f(x) + f(-x) = 2 f(0): odd but for what the layer adds to everything. */
    public static Law oddAroundZero() {
        return Law.of("f(x) + f(-x) = 2 f(0)", (f, x) -> f.of(x).add(f.of(x.neg())), (f, x) -> f.of(x.mul(0))
                .mul(2));
    }

    /** f(x) + f(-x) is a number. */
    public static Law complement(double sum) {
        return Law.of("f(x) + f(-x) = " + sum, (f, x) -> f.of(x).add(f.of(x.neg())), (f, x) -> x.mul(0)
                .add(sum));
    }

    /** f(x) - f(-x) = x: softplus, and every x times a distribution function that is symmetric around 0. */
    public static Law differsByItself() {
        return Law.of("f(x) - f(-x) = x", (f, x) -> f.of(x).sub(f.of(x.neg())), (f, x) -> x);
    }

    /** f(x) = x. */
    public static Law identity() {
        return Law.of("f(x) = x", (f, x) -> f.of(x), (f, x) -> x);
    }
}
