package org.lamina.layer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;

/** Einstein's notation by transposing, reshaping and multiplying matrices, two operands at a time from the left. */
final class Einsum {
    private record Term(String labels, Tensor tensor) {}

    private Einsum() {}

    static Tensor of(String equation, List<Tensor> operands) {
        String text = equation.replace(" ", "");
        String[] sides = text.split("->", -1);
        String[] labels = sides[0].split(",", -1);
        if (sides.length > 2
                || !text.replace("->", "").matches("[A-Za-z,]*")
                || (sides.length == 2 && sides[1].contains(","))) {
            throw error("\"" + equation + "\" is not of the form \"ij,jk->ik\". Use letters, commas and one arrow.");
        }
        if (labels.length != operands.size()) {
            throw error("\"" + equation + "\" has " + labels.length + " operands and was given " + operands.size()
                    + ". Give a tensor for each.");
        }
        String result = sides.length == 2 ? sides[1] : implicit(sides[0]);
        check(equation, labels, operands, result);
        Term product = diagonal(new Term(labels[0], operands.get(0)));
        for (int i = 1; i < labels.length; i++) {
            Term next = diagonal(new Term(labels[i], operands.get(i)));
            String later = String.join("", List.of(labels).subList(i + 1, labels.length)) + result;
            product = contract(sumOut(product, next.labels + later), sumOut(next, product.labels + later), later);
        }
        return ordered(sumOut(product, result), result).tensor;
    }

    private static LaminaException error(String message) {
        return new LaminaException(ErrorCode.SHAPE, "einsum: " + message);
    }

    private static String implicit(String operands) {
        return operands.chars()
                .filter(c -> c != ',' && operands.indexOf(c) == operands.lastIndexOf(c))
                .sorted()
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }

    private static void check(String equation, String[] labels, List<Tensor> operands, String result) {
        Map<Character, Long> sizes = new LinkedHashMap<>();
        for (int i = 0; i < labels.length; i++) {
            Shape shape = operands.get(i).shape();
            if (labels[i].length() != shape.rank()) {
                throw operands.get(0)
                        .graph()
                        .located(
                                ErrorCode.SHAPE,
                                "einsum: \"" + labels[i] + "\" of \"" + equation + "\" stands for an operand of shape "
                                        + shape + ". Give it one letter for each axis.");
            }
            for (int axis = 0; axis < shape.rank(); axis++) {
                Long known = sizes.putIfAbsent(labels[i].charAt(axis), shape.extent(axis));
                if (known != null && known != shape.extent(axis)) {
                    throw operands.get(0)
                            .graph()
                            .located(
                                    ErrorCode.SHAPE,
                                    "einsum: '" + labels[i].charAt(axis) + "' of \"" + equation + "\" is " + known
                                            + " in one operand and " + shape.extent(axis)
                                            + " in another; they must be equal. Reshape one.");
                }
            }
        }
        for (int i = 0; i < result.length(); i++) {
            char label = result.charAt(i);
            if (!sizes.containsKey(label) || result.indexOf(label) != result.lastIndexOf(label)) {
                throw error("'" + label + "' of the result of \"" + equation
                        + "\" must occur in an operand, and once in the result. Correct the equation.");
            }
        }
    }

    /** Repeated letters of one operand made one, by choosing the diagonal. */
    private static Term diagonal(Term term) {
        String labels = term.labels;
        for (int axis = 0; axis < labels.length(); axis++) {
            int other = labels.indexOf(labels.charAt(axis), axis + 1);
            if (other >= 0) {
                Tensor x = term.tensor;
                long size = x.shape().dim(axis);
                HostArray indices = HostArray.generate(new TensorType(DType.INT64, Shape.of(size)), i -> i);
                Tensor row = x.wrap(x.graph().constant(indices));
                Tensor mask = row.expandDims(1).equal(row);
                List<Integer> order = new ArrayList<>();
                for (int i = 0; i < labels.length(); i++) {
                    if (i != axis && i != other) {
                        order.add(i);
                    }
                }
                order.add(axis);
                order.add(other);
                Tensor last =
                        x.transpose(order.stream().mapToInt(Integer::intValue).toArray());
                Tensor diagonal = mask.select(last, last.scalar(0)).sum(-1);
                String rest = order.subList(0, order.size() - 1).stream()
                        .map(i -> "" + labels.charAt(i))
                        .collect(Collectors.joining());
                return diagonal(new Term(rest, diagonal));
            }
        }
        return term;
    }

    /** Sums over the letters that nothing else needs. */
    private static Term sumOut(Term term, String needed) {
        int[] axes = term.labels
                .chars()
                .filter(c -> needed.indexOf(c) < 0)
                .map(term.labels::indexOf)
                .toArray();
        return axes.length == 0 ? term : new Term(filter(term.labels, needed), term.tensor.sum(axes));
    }

    private static String filter(String labels, String kept) {
        return labels.chars()
                .filter(c -> kept.indexOf(c) >= 0)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }

    private static String without(String labels, String removed) {
        return labels.chars()
                .filter(c -> removed.indexOf(c) < 0)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }

    private static Term contract(Term x, Term y, String later) {
        String shared = filter(x.labels, y.labels);
        String batch = filter(shared, later);
        String summed = without(shared, batch);
        String rows = without(x.labels, shared);
        String columns = without(y.labels, shared);
        Tensor left = grouped(x, batch, rows, summed);
        Tensor right = grouped(y, batch, summed, columns);
        Shape shape = sizes(x, batch).concat(sizes(x, rows)).concat(sizes(y, columns));
        return new Term(batch + rows + columns, left.matmul(right).reshape(shape));
    }

    /** The operand as a batch of matrices: the batch letters each an axis, then two groups made one axis each. */
    private static Tensor grouped(Term term, String batch, String first, String second) {
        Tensor ordered = ordered(term, batch + first + second).tensor;
        return ordered.reshape(sizes(term, batch).concat(Shape.of(product(term, first), product(term, second))));
    }

    private static Term ordered(Term term, String labels) {
        int[] order = labels.chars().map(term.labels::indexOf).toArray();
        return new Term(labels, order.length == 0 ? term.tensor : term.tensor.transpose(order));
    }

    private static Shape sizes(Term term, String labels) {
        return Shape.of(labels.chars()
                .mapToLong(c -> term.tensor.shape().extent(term.labels.indexOf(c)))
                .toArray());
    }

    private static long product(Term term, String labels) {
        Shape sizes = sizes(term, labels);
        return sizes.rank() == 1 ? sizes.extent(0) : sizes.size();
    }
}
