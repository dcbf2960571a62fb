package org.lamina.port;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lamina.TensorType;
import org.lamina.io.Bundle;
import org.lamina.layer.Layer;

/** Lamina's bundle, a folder or zip; or its weights as safetensors with a layer.json beside. */
public final class LaminaFormat extends WeightFormat {
    /** For ServiceLoader. */
    public LaminaFormat() {
        super("lamina", null, ArrayStorage.SAFETENSORS);
    }

    @Override
    public Imported read(Path path, @Nullable Layer architecture, List<TensorType> inputs) {
        boolean weightsOnly = path.toString().endsWith(ArrayStorage.SAFETENSORS.suffix()) && !Files.isDirectory(path);
        if (weightsOnly || (architecture != null && Files.isDirectory(path))) {
            return super.read(path, architecture, inputs);
        }
        ForeignFile.requireNone(path, Set.of(ForeignFile.BUNDLE, ForeignFile.ZIP));
        Bundle bundle = Bundle.read(path);
        LayerFileBeside.requireSame(path, bundle.layer(), architecture);
        return new Imported(bundle, List.of());
    }

    @Override
    public void write(Bundle model, Path path, List<TensorType> inputs) {
        if (path.toString().endsWith(ArrayStorage.SAFETENSORS.suffix())) {
            super.write(model, path, inputs);
        } else {
            model.write(path);
        }
    }
}
