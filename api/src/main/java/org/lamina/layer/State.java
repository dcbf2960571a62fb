package org.lamina.layer;

/** A value that a layer keeps from one training step to the next, such as a running mean. */
public interface State {
    /** The value before this call. */
    Tensor value();

    /**
     * Gives the value after this call. In training the model keeps it; in prediction it is ignored.
     *
     * @param next of the state's dtype and shape; its derivative counts as 0
     * @throws org.lamina.LaminaException if the type differs
     */
    void replace(Tensor next);
}
