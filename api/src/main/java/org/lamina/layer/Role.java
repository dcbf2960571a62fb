package org.lamina.layer;

/** What becomes of a declared value while a model is trained. */
public enum Role {
    /** Changed by the optimizer. */
    TRAINED,
    /** Never changed by training. */
    CONSTANT,
    /** Replaced by the layer's own forward in training, such as a running mean. */
    STATE
}
