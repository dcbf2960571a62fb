package org.lamina.benchmarks.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import org.lamina.benchmarks.Batch;
import org.lamina.benchmarks.HeapBatch;
import org.lamina.benchmarks.Workload;

/** One session of ONNX Runtime with its usual settings, which computes outputs only. */
final class OnnxWorkload implements Workload {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;
    private List<HeapBatch> batches = List.of();

    OnnxWorkload(byte[] model) {
        try {
            session = environment.createSession(model);
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime did not take the network", e);
        }
    }

    @Override
    public void prepare(List<Batch> prepared) {
        batches = prepared.stream().map(HeapBatch::of).toList();
    }

    @Override
    public Object forward(int batch) {
        HeapBatch heap = batches.get(batch);
        try (OnnxTensor x = OnnxTensor.createTensor(environment, FloatBuffer.wrap(heap.inputs()), heap.inputShape());
                OrtSession.Result result = session.run(Map.of("x", x))) {
            FloatBuffer values = ((OnnxTensor) result.get(0)).getFloatBuffer();
            float[] outputs = new float[values.remaining()];
            values.get(outputs);
            return outputs;
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime failed", e);
        }
    }

    @Override
    public float[] values(Object outputs) {
        return (float[]) outputs;
    }

    @Override
    public double step(int batch) {
        throw new UnsupportedOperationException("ONNX Runtime's Java package has no training");
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime could not close the session", e);
        }
    }
}
