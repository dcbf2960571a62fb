package org.lamina.port;

/** PyTorch's state_dict, as safetensors. */
public final class TorchFormat extends WeightFormat {
    /** For ServiceLoader. */
    public TorchFormat() {
        super("torch", new TorchConvention(), ArrayStorage.SAFETENSORS);
    }
}
