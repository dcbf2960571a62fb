/** The networks as files of ONNX, run by ONNX Runtime. */
@NullMarked
package org.lamina.benchmarks.onnx;

import org.jspecify.annotations.NullMarked;
