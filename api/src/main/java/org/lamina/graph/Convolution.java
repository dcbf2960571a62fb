package org.lamina.graph;

import java.util.List;

/**
 * A convolution as deep learning calls cross-correlation, of x (batch, channels, spatial axes) padded with zeros and a weight
 * (filters, channels / groups, kernel), as a function that a framework may have a kernel for. Its derivatives are such functions
 * too: both are found by differentiating the primitives it is made of, and a kernel may stand in their place.
 *
 * @param stride along each spatial axis
 * @param padding before and after each spatial axis
 * @param dilation along each spatial axis
 * @param groups that divide the channels and the filters
 */
public record Convolution(List<Long> stride, List<List<Long>> padding, List<Long> dilation, long groups)
        implements Composite.Derivative {
    /** Copies the lists. */
    public Convolution {
        stride = List.copyOf(stride);
        padding = padding.stream().map(List::copyOf).toList();
        dilation = List.copyOf(dilation);
    }

    /** The composite whose value is made of primitives and whose arguments are x and the weight. */
    public Composite composite() {
        return new Composite("convolution", this, (kernels, dtype) -> kernels.convolution(dtype, this));
    }

    @Override
    public List<Node> pullback(GraphBuilder graph, List<Node> arguments, Node value, Node cotangent) {
        List<Node> parts = Differentiation.pullback(graph, List.of(value.operand(0)), List.of(cotangent), arguments);
        Composite byInput = new Composite(
                "convolution by input", null, (kernels, dtype) -> kernels.convolutionByInput(dtype, this));
        Composite byWeight = new Composite(
                "convolution by weight", null, (kernels, dtype) -> kernels.convolutionByWeight(dtype, this));
        return List.of(
                graph.apply(byInput, parts.get(0), arguments.get(1), cotangent),
                graph.apply(byWeight, parts.get(1), arguments.get(0), cotangent));
    }

    /** True if as many zeros are put before each axis as after it. */
    public boolean isPaddedEvenly() {
        return padding.stream().allMatch(widths -> widths.get(0).equals(widths.get(1)));
    }
}
