package org.lamina.train;

import org.lamina.layer.Layer;

/**
 * What is trained and how.
 *
 * @param layer of one output
 * @param loss made of its output and the target
 * @param optimizer the update rule
 * @param clipping what is done to gradients first
 * @param schedule the learning rate's course
 */
record Training(Layer layer, Loss loss, Optimizer optimizer, Clipping clipping, Schedule schedule) {}
