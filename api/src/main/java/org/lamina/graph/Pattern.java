package org.lamina.graph;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.HostArray;

/** The ops that a kernel stands for, found from the last of them. */
final class Pattern {
    private Pattern() {}

    /** Operands of a kernel, and how to ask for it. */
    record Match(Function<Kernels, @Nullable NativeFunction> choice, List<Node> operands) {
        @Nullable
        NativeFunction kernel(Kernels kernels) {
            return choice.apply(kernels);
        }
    }

    /** What may stand for a node and what it is computed from, the greatest first. */
    static List<Match> matches(Node node) {
        if (!node.type().dtype().isFloating()) {
            return List.of();
        }
        if (node.op() instanceof Select) {
            return Stream.ofNullable(reluByInput(node)).toList();
        }
        return node.op() instanceof Binary binary ? matches(node, binary) : List.of();
    }

    private static List<Match> matches(Node node, Binary binary) {
        List<Rule> rules =
                switch (binary) {
                    case ADD -> List.of(Pattern::layerNorm, Pattern::linear);
                    case MUL -> List.of(Pattern::gelu);
                    case MAX -> List.of(Pattern::linearRelu, Pattern::relu);
                    default -> List.of();
                };
        return rules.stream()
                .map(rule -> either(node, rule))
                .filter(Objects::nonNull)
                .toList();
    }

    /** Tries both orders of operands, as sums and products have none. */
    private static @Nullable Match either(Node node, Rule rule) {
        Match match = rule.match(node, node.operand(0), node.operand(1));
        return match != null ? match : rule.match(node, node.operand(1), node.operand(0));
    }

    private interface Rule {
        @Nullable
        Match match(Node node, Node x, Node y);
    }

    private static int rank(Node node) {
        return node.type().shape().rank();
    }

    /** True if y has the last axis of x alone. */
    private static boolean isRow(Node y, Node x) {
        return rank(x) > 0
                && y.type().shape().equals(x.type().shape().slice(rank(x) - 1, rank(x)))
                && !y.type().shape().isOpen();
    }

    private static @Nullable Match linear(Node node, Node product, Node bias) {
        boolean matrices =
                product.op() instanceof MatMul && rank(product.operand(0)) == 2 && rank(product.operand(1)) == 2;
        return matrices && isRow(bias, product)
                ? new Match(
                        kernels -> kernels.linear(node.type().dtype()),
                        List.of(product.operand(0), product.operand(1), bias))
                : null;
    }

    private static @Nullable Match linearRelu(Node node, Node x, Node zero) {
        Match linear = relu(node, x, zero) == null || x.op() != Binary.ADD ? null : either(x, Pattern::linear);
        return linear == null
                ? null
                : new Match(kernels -> kernels.linearRelu(node.type().dtype()), linear.operands());
    }

    /** Not with -0, which is the maximum of what is below it: kernels give +0. */
    private static @Nullable Match relu(Node node, Node x, Node zero) {
        return Simplification.isScalar(zero, 0) && x.type().equals(node.type())
                ? new Match(kernels -> kernels.relu(node.type().dtype()), List.of(x))
                : null;
    }

    private static @Nullable Match reluByInput(Node node) {
        Node condition = node.operand(0);
        Node cotangent = node.operand(2);
        boolean matches = condition.op() == Comparison.LESS_EQUAL
                && Simplification.isScalar(condition.operand(1), 0)
                && Simplification.isScalar(node.operand(1), 0)
                && condition.operand(0).type().equals(node.type())
                && cotangent.type().equals(node.type());
        return matches
                ? new Match(
                        kernels -> kernels.reluByInput(node.type().dtype()), List.of(condition.operand(0), cotangent))
                : null;
    }

    private static @Nullable Match gelu(Node node, Node half, Node sum) {
        Node x = other(half, Binary.MUL, 0.5);
        Node erf = other(sum, Binary.ADD, 1);
        return x != null
                        && x.type().equals(node.type())
                        && erf != null
                        && erf.op() == Unary.ERF
                        && other(erf.operand(0), Binary.MUL, Math.sqrt(0.5)) == x
                ? new Match(kernels -> kernels.gelu(node.type().dtype()), List.of(x))
                : null;
    }

    /** What a sum or product has beside a constant, as its dtype rounds it; null for other ops and constants. */
    private static @Nullable Node other(Node node, Binary op, double constant) {
        double rounded = node.type().dtype() == DType.FLOAT32 ? (float) constant : constant;
        if (node.op() != op) {
            return null;
        }
        return Simplification.isScalar(node.operand(1), rounded)
                ? node.operand(0)
                : Simplification.isScalar(node.operand(0), rounded) ? node.operand(1) : null;
    }

    private static @Nullable Match layerNorm(Node node, Node product, Node beta) {
        if (product.op() != Binary.MUL || !isRow(beta, node)) {
            return null;
        }
        return either(product, (scaled, quotient, gamma) -> layerNorm(node, quotient, gamma, beta));
    }

    private static @Nullable Match layerNorm(Node node, Node quotient, Node gamma, Node beta) {
        if (quotient.op() != Binary.DIV || !isRow(gamma, node)) {
            return null;
        }
        HostArray epsilon = epsilon(quotient.operand(0), quotient.operand(1));
        Node x = centered(quotient.operand(0));
        if (epsilon == null || x == null || !x.type().equals(node.type())) {
            return null;
        }
        return new Match(
                kernels -> kernels.layerNorm(
                        node.type().dtype(),
                        epsilon.doubleAt(0),
                        gamma.type().shape().size()),
                List.of(x, gamma, beta));
    }

    /** The tensor that the mean of its last axis was taken from, or null. */
    private static @Nullable Node centered(Node node) {
        return node.op() == Binary.SUB
                        && isLastMean(node.operand(1))
                        && node.operand(1).operand(0) == node.operand(0)
                ? node.operand(0)
                : null;
    }

    private static boolean isLastMean(Node node) {
        return node.op() instanceof Reduction mean
                && mean.reducer() == Reduction.Reducer.MEAN
                && mean.keepDims()
                && mean.axes().equals(List.of(rank(node) - 1));
    }

    /** What is added to the mean square before the root, or null. */
    private static @Nullable HostArray epsilon(Node centered, Node root) {
        Node sum = root.op() == Unary.SQRT ? root.operand(0) : root;
        if (sum.op() != Binary.ADD || !isLastMean(sum.operand(0)) || root == sum) {
            return null;
        }
        Node square = sum.operand(0).operand(0);
        boolean squared = square.op() == Binary.MUL && square.operand(0) == centered && square.operand(1) == centered;
        HostArray epsilon = GraphBuilder.scalarValue(sum.operand(1));
        return squared && epsilon != null && isEpsilon(epsilon.doubleAt(0)) ? epsilon : null;
    }

    /** Kernels refuse others, or make something else of them. */
    private static boolean isEpsilon(double value) {
        return value >= 0 && Double.isFinite(value);
    }
}
