package org.lamina.spi;

import java.util.List;
import org.lamina.HostArray;
import org.lamina.graph.Graph;

/**
 * A framework's own automatic differentiation of lowered graphs. Lamina differentiates graphs itself and never asks for this in
 * a run; conformance compares the two, as native training of an exported layer relies on the framework's. For many threads.
 */
public interface NativeDerivatives {
    /**
     * The gradients, by some inputs, of the sum over outputs of (output times cotangent).
     *
     * @param graph has floating outputs and no open sizes; its derivatives given by authors are not looked at
     * @param inputs one array for each input of the graph, of its type
     * @param cotangents one array for each output, of its type
     * @param by positions of floating inputs
     * @return one array for each of {@code by}, of its type; zeros where the framework finds no path
     * @throws org.lamina.LaminaException if the framework cannot differentiate the lowered graph
     */
    List<HostArray> pullback(Graph graph, List<HostArray> inputs, List<HostArray> cotangents, List<Integer> by);
}
