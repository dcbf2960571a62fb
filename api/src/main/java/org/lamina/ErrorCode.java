package org.lamina;

/** What kind of thing went wrong; each has a section of its own in {@code docs/errors.md}. */
public enum ErrorCode {
    /** Shapes that do not fit each other or the op. */
    SHAPE,
    /** An axis that does not exist, or is named twice. */
    AXIS,
    /** A dtype that the op does not take, or operands of different dtypes. */
    DTYPE,
    /** A number outside the range that the op takes: an index, a count, a step. */
    RANGE,
    /** A mean, maximum, minimum or argmax of no elements, or a choice from none. */
    EMPTY,
    /** A size asked for that is known only when the model is called. */
    BATCH_OPEN,
    /** Python-style control flow on a tensor's values. */
    DATA_DEPENDENT,
    /** A derivative with respect to something that has none. */
    NOT_DIFFERENTIABLE,
    /** A number of inputs or outputs that the layer does not have. */
    ARITY,
    /** A name that is empty, malformed, or used for two different things. */
    NAME,
    /** A parameter asked for before the model was initialised. */
    NOT_INITIALIZED,
    /** A parameter path that the model does not have. */
    UNKNOWN_PARAMETER,
    /** Weights that do not fit the model: missing, unexpected, of another shape or dtype. */
    WEIGHTS,
    /** A layer type that no registry knows. */
    UNKNOWN_LAYER,
    /** A layer.json that is not well formed, or a field of it that does not fit. */
    ARCHITECTURE,
    /** A file that is truncated, hostile or of another format. */
    FILE_FORMAT,
    /** A file that cannot be read or written. */
    FILE_ACCESS,
    /** No backend on the class path, several without a choice, one of an unknown name, or one for another framework's layer. */
    BACKEND_CHOICE,
    /** A framework that cannot be loaded, or failed while it worked. */
    BACKEND_FAILURE,
    /** Something used after it was closed. */
    CLOSED,
    /** A configuration value that is not allowed. */
    CONFIGURATION,
    /** Null where a value is needed: an argument, or what a layer returned. */
    ARGUMENT
}
