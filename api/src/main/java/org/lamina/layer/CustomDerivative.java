package org.lamina.layer;

import java.util.List;

/**
 * Implemented by a layer of one output that gives its own vector-Jacobian product instead of the one derived from its forward,
 * because it is more accurate, cheaper, or deliberately another one (a straight-through estimator).
 */
public interface CustomDerivative {
    /**
     * The cotangents of what the layer computed its output from.
     *
     * @param arguments the inputs, then the parameters that the layer and those it called asked for, in that order, those of a shared
     *     layer too. They count as independent of each other, whatever they were computed from, so that
     *     {@code output.pullback(cotangent, arguments.toArray(new Tensor[0]))} is the ordinary derivative
     * @param output the output of the layer's forward
     * @param cotangent of the output, of its type
     * @return for each argument its cotangent, of the argument's type; zeros where there is none
     */
    List<Tensor> pullback(List<Tensor> arguments, Tensor output, Tensor cotangent);
}
