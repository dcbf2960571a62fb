package org.lamina.fuzz;

/** Makes a file, a folder or a text of bytes that may be anything, and has it read. */
@FunctionalInterface
interface Reading {
    /** Reads it. @throws org.lamina.LaminaException if what was made is refused; anything else that is thrown is a defect */
    void read(byte[] input, Scratch scratch);
}
