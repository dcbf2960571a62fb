package org.lamina.port;

import java.util.Map;
import org.lamina.HostArray;

/** A model that its own framework runs. Closing it frees what the framework holds. */
public interface NativeModel extends AutoCloseable {
    /** The framework, for messages. */
    String framework();

    /** False if Lamina has part in what the framework computes, by layers or a graph of its own in the file. */
    boolean isWitness();

    /**
     * What the model computes from an input.
     *
     * @param x a batch
     * @param dy what the output is multiplied by for the gradients
     */
    Results run(HostArray x, HostArray dy);

    /**
     * Outputs and gradients, in Lamina's layouts.
     *
     * @param outputs of the layers of the Lamina model, by path; those that the framework does not show are left out
     * @param gradients of the sum of (output times dy), by {@code x} and the parameters' paths; likewise
     */
    record Results(Map<String, HostArray> outputs, Map<String, HostArray> gradients) {}

    @Override
    void close();
}
