package org.lamina.benchmarks;

/**
 * What one fork measured.
 *
 * @param microseconds the median time of a call over the iterations
 * @param allocated bytes of heap allocated for a call
 * @param resident the most memory resident in the process, in MiB
 */
public record Sample(double microseconds, double allocated, double resident) {}
