package org.lamina;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The gradients of the sum of (output times cotangent).
 *
 * @param outputs the layer's outputs
 * @param inputs for each input its gradient, of its type; null for integers and bool
 * @param parameters for each declared value its gradient, by path; of tied parameters the sum over all uses
 */
public record Gradients(List<HostArray> outputs, List<@Nullable HostArray> inputs, Map<String, HostArray> parameters) {}
