package org.lamina.train;

import org.lamina.DType;

/**
 * How a model is trained.
 *
 * @param dtype of the model's parameters
 * @param loss made of the layer's output and the target
 * @param optimizer the update rule
 * @param clipping what is done to gradients first
 * @param schedule the learning rate's course
 */
record Training(DType dtype, Loss loss, Optimizer optimizer, Clipping clipping, Schedule schedule) {}
