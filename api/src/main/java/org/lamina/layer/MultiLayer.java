package org.lamina.layer;

import java.util.List;
import org.lamina.ErrorCode;

/** A layer of several inputs or several outputs. */
public interface MultiLayer extends Layer {
    /** The outputs, at least one, for the inputs. */
    @Override
    List<Tensor> forward(Scope scope, List<Tensor> inputs);

    /**
     * The only output for the only input.
     *
     * @throws org.lamina.LaminaException if the layer gives several outputs
     */
    @Override
    default Tensor forward(Scope scope, Tensor x) {
        List<Tensor> outputs = forward(scope, List.of(x));
        if (outputs.size() != 1) {
            throw scope.error(
                    ErrorCode.ARITY,
                    LayerNames.of(this) + " gave " + outputs.size()
                            + " outputs where one is wanted. Call it with a list of inputs.");
        }
        return outputs.get(0);
    }
}
