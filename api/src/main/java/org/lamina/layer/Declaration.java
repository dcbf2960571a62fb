package org.lamina.layer;

import org.jspecify.annotations.Nullable;
import org.lamina.Arguments;
import org.lamina.ErrorCode;
import org.lamina.Generator;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.TensorType;

/**
 * A value that a layer declared: a parameter, a constant or a state.
 *
 * @param path where it is, such as {@code 0.weight}
 * @param type its dtype and shape
 * @param initializer what it starts with
 * @param role what training does to it
 */
public record Declaration(String path, TensorType type, Initializer initializer, Role role) {
    /** @throws LaminaException ARGUMENT if one of them is null */
    public Declaration {
        Arguments.require(path, "Declaration", "path");
        Arguments.require(type, "Declaration", "type");
        Arguments.require(initializer, "Declaration", "initializer");
        Arguments.require(role, "Declaration", "role");
    }

    /** The values its own initializer draws for a seed. */
    public HostArray draw(long seed) {
        return draw(initializer, seed);
    }

    /**
     * The values an initializer draws for this declaration, by a generator of the path's own.
     *
     * @throws LaminaException if they are of another type
     */
    public HostArray draw(Initializer other, long seed) {
        Arguments.require(other, "Declaration.draw", "other");
        @Nullable HostArray value = other.initialize(type, Generator.of(seed).split(path));
        if (value == null) {
            throw new LaminaException(
                    ErrorCode.ARGUMENT,
                    "initializer: it returned null for parameter " + path
                            + ", which has no values then. Return an array of " + type + ".");
        }
        if (!value.type().equals(type)) {
            throw new LaminaException(
                    ErrorCode.SHAPE,
                    "initializer: it gave " + value.type() + " for parameter " + path + ", which is " + type
                            + ". Return an array of the type that is asked for.");
        }
        return value;
    }
}
