package org.lamina.dl4j;

/** Something that is done in each run of a program, on the memory its arrays have then. For one thread. */
interface Dl4jStep extends AutoCloseable {
    /** Does it. */
    void run();

    @Override
    default void close() {}
}
