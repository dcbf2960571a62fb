package org.lamina.conformance;

import org.lamina.graph.Graph;
import org.lamina.graph.MatMul;
import org.lamina.graph.Node;

/**
 * How long the samples of a graph take, about, for a bar and for a word beforehand: in seconds of one processor, which two or more
 * share.
 */
final class Work {
    /** Of a multiplication in a product of matrices, for the truth, all samples and the sizes of terms. */
    private static final double PER_PRODUCT = 25e-9;
    /** Of any other element. */
    private static final double PER_ELEMENT = 350e-9;

    private Work() {}

    static double of(Graph graph) {
        return graph.nodes().stream().mapToDouble(Work::of).sum();
    }

    /** Of a node whose size is known. */
    static double of(Node node) {
        double size = node.type().shape().size();
        if (node.op() instanceof MatMul) {
            int rank = node.operand(0).type().shape().rank();
            return size
                    * (PER_ELEMENT
                            + PER_PRODUCT * node.operand(0).type().shape().extent(rank - 1));
        }
        return size * PER_ELEMENT;
    }
}
