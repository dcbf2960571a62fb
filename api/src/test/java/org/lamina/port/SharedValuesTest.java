package org.lamina.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.io.Bundle;
import org.lamina.layer.Layer;
import org.lamina.layers.Dense;
import org.lamina.layers.Relu;
import org.lamina.layers.Sequential;

/** A layer that stands at two places has one value, whatever a file calls it. */
class SharedValuesTest {
    private static final Dense TWICE = new Dense(2);
    private static final Layer NET = Sequential.of(TWICE, new Relu(), TWICE);

    private static Map<String, HostArray> arrays(float other) {
        Map<String, HostArray> arrays = new HashMap<>();
        arrays.put("0.weight", HostArray.of(Shape.of(2, 2), 1f, 2, 3, 4));
        arrays.put("0.bias", HostArray.of(Shape.of(2), 5f, 6));
        arrays.put("2.weight", HostArray.of(Shape.of(2, 2), 1f, 2, 3, other));
        arrays.put("2.bias", HostArray.of(Shape.of(2), 5f, other + 2));
        return arrays;
    }

    @Test
    void equalValuesAreTakenOnce() {
        Bundle model = NamedWeights.TORCH.load("file", NET, arrays(4));
        assertThat(model.weights().tensors()).containsOnlyKeys("0.weight", "0.bias");
        assertThat(model.weights().metadata()).containsEntry("2.weight", "0.weight");
    }

    @Test
    void allThatDifferAreListed() {
        assertThatThrownBy(() -> NamedWeights.TORCH.load("file", NET, arrays(7)))
                .hasMessageContaining("2.weight: differs from 0.weight in the file")
                .hasMessageContaining("2.bias: differs from 0.bias in the file")
                .hasMessageContaining("Nothing was ported");
    }

    @Test
    void aFrameworkThatDoesNotShareHasToAgreeToo() {
        assertThat(NamedWeights.shared(NET, arrays(4)).weights().tensors()).hasSize(2);
        assertThatThrownBy(() -> NamedWeights.shared(NET, arrays(7)))
                .hasMessageContaining("2.weight: differs from 0.weight")
                .hasMessageContaining("2.bias: differs from 0.bias");
    }

    @Test
    void twoSpellingsOfOneNameAreRefused() {
        Map<String, HostArray> arrays = new HashMap<>();
        arrays.put("params.layers_0.kernel", HostArray.of(Shape.of(1, 1), 1f));
        arrays.put("params/layers_0/kernel", HostArray.of(Shape.of(1, 1), 2f));
        arrays.put("params.layers_0.bias", HostArray.of(Shape.of(1), 1f));
        WeightMapping mapping = new WeightMapping(Sequential.of(new Dense(1)), new FlaxConvention());
        assertThatThrownBy(() -> mapping.load("file", arrays, new Misfits()))
                .hasMessageContaining("is in the file twice")
                .hasMessageContaining("params.layers_0.kernel");
    }
}
