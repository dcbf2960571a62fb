package org.lamina.layer;

import java.util.List;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;

/**
 * A function of tensors with parameters: what a layer author writes, once for every framework.
 *
 * <p>A layer is a pure description. It holds its configuration, usually as the components of a record, and neither weights nor
 * native memory; the same object runs on every backend. {@code forward} is traced: its tensors are symbolic, and what it does
 * with them becomes a graph. A lambda is a layer too.
 *
 * <p>It mirrors {@code nn.Module} and {@code nn.Block} of <i>Dive into Deep Learning</i>, section 6.5.
 */
@FunctionalInterface
public interface Layer {
    /**
     * The output for one input.
     *
     * @param scope where parameters are declared and other layers called
     * @param x the input, of any shape the layer accepts
     * @return the output, of any shape
     */
    Tensor forward(Scope scope, Tensor x);

    /**
     * The outputs for a list of inputs: what runs a layer. A layer of one input and one output need not implement it; for others
     * see {@link MultiLayer}.
     *
     * @throws LaminaException if the layer does not take that many inputs
     */
    default List<Tensor> forward(Scope scope, List<Tensor> inputs) {
        if (inputs.size() != 1) {
            throw scope.error(
                    ErrorCode.ARITY,
                    LayerNames.of(this) + " takes one input and was given " + inputs.size()
                            + ". Give one, or join them first " + "with Tensor.concat.");
        }
        Tensor output = forward(scope, inputs.get(0));
        if (output == null) {
            throw scope.error(ErrorCode.ARGUMENT, LayerNames.of(this) + " returned null. Return a tensor.");
        }
        return List.of(output);
    }
}
