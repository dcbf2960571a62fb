package org.lamina.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.DType;
import org.lamina.Shape;
import org.lamina.layer.Layer;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Dense;
import org.lamina.layers.Relu;
import org.lamina.layers.Sequential;

/** Reading and writing architectures. */
class LayerJsonTest {
    @TempDir
    private Path folder;

    private static Layer again(Layer layer) {
        return SampleLayers.JSON.parse(SampleLayers.JSON.format(layer));
    }

    @Test
    void readsTheExampleOfTheDocumentation() {
        assertThat(LayerJson.standard()
                        .parse("{\"type\": \"Sequential\", \"layers\": [{\"type\": \"Dense\", \"units\": 128}, "
                                + "{\"type\": \"CenteredLayer\"}]}"))
                .isEqualTo(Sequential.of(new Dense(128), new CenteredLayer()));
    }

    @Test
    void writesReadableText() {
        assertThat(LayerJson.standard().format(Sequential.of(new Dense(128), new CenteredLayer())))
                .isEqualTo("""
                        {
                          "type": "Sequential",
                          "layers": [ {
                            "type": "Dense",
                            "units": 128
                          }, {
                            "type": "CenteredLayer"
                          } ]
                        }
                        """);
    }

    @Test
    void keepsFieldsOfEveryKind() {
        Layer layer = new SampleLayers.Everything(
                Long.MIN_VALUE,
                Integer.MAX_VALUE,
                0.1,
                true,
                "quote \" and \u00e9 and \ud83d\ude00 and \0",
                SampleLayers.Mode.HALF_UP,
                DType.FLOAT32,
                Shape.of(2, 0, 3),
                List.of(1L, Long.MAX_VALUE),
                List.of(List.of(1.5, Double.MIN_VALUE), List.of(), List.of(-0.0, Double.MAX_VALUE)),
                new Relu(),
                List.of(new Dense(3), Sequential.of()));
        assertThat(again(layer)).isEqualTo(layer);
        assertThat(SampleLayers.JSON.format(layer))
                .contains("\"mode\": \"half-up\"", "\"dtype\": \"float32\"", "\"shape\": [ 2, 0, 3 ]", "\"rate\": 0.1");
    }

    @Test
    void keepsNumbersThatJsonHasNoDigitsFor() {
        for (double rate : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            assertThat(again(new SampleLayers.Defaults(1, rate, true)))
                    .isEqualTo(new SampleLayers.Defaults(1, rate, true));
        }
    }

    @Test
    void acceptsAWholeNumberForARealOneAndRoundsTinyOnes() {
        assertThat(SampleLayers.JSON.parse("{\"type\":\"Defaults\",\"units\":1,\"rate\":2,\"bias\":false}"))
                .isEqualTo(new SampleLayers.Defaults(1, 2, false));
        assertThat(SampleLayers.JSON.parse("{\"type\":\"Defaults\",\"units\":1,\"rate\":1e-999,\"bias\":false}"))
                .isEqualTo(new SampleLayers.Defaults(1, 0, false));
    }

    @Test
    void takesDefaultsFromShorterConstructors() {
        assertThat(SampleLayers.JSON.parse("{\"type\":\"Defaults\",\"units\":9}"))
                .isEqualTo(new SampleLayers.Defaults(9));
        assertThat(SampleLayers.JSON.parse("{\"type\":\"Defaults\",\"units\":9,\"rate\":0.1}"))
                .isEqualTo(new SampleLayers.Defaults(9, 0.1));
        assertThat(SampleLayers.JSON.parse("{\"bias\":false,\"type\":\"Defaults\",\"units\":9}"))
                .isEqualTo(new SampleLayers.Defaults(9, 0.9, false));
    }

    @Test
    void leavesOutWhatIsNull() {
        Layer without = new SampleLayers.Optional(null, null, 3);
        assertThat(SampleLayers.JSON.format(without)).doesNotContain("limit").doesNotContain("inner");
        assertThat(again(without)).isEqualTo(without);
        assertThat(SampleLayers.JSON.parse("{\"type\":\"Optional\",\"limit\":null,\"units\":3}"))
                .isEqualTo(without);
        Layer with = new SampleLayers.Optional(4L, new Relu(), 3);
        assertThat(again(with)).isEqualTo(with);
    }

    @Test
    void sharesByIdentityNotByEquality() {
        Dense dense = new Dense(5);
        Sequential block = Sequential.of(dense, new Relu());
        String text = LayerJson.standard().format(Sequential.of(block, dense, block, new Dense(5)));
        assertThat(text).containsOnlyOnce("\"id\": \"Dense-1\"").containsOnlyOnce("\"id\": \"Sequential-1\"");
        Sequential read = (Sequential) LayerJson.standard().parse(text);
        assertThat(read.layers().get(2)).isSameAs(read.layers().get(0));
        assertThat(read.layers().get(1))
                .isSameAs(((Sequential) read.layers().get(0)).layers().get(0))
                .isNotSameAs(read.layers().get(3))
                .isEqualTo(read.layers().get(3));
    }

    @Test
    void readsReferencesToWhatComesLater() {
        Sequential read = (Sequential) LayerJson.standard()
                .parse("{\"type\":\"Sequential\",\"layers\":[{\"ref\":\"a\"},{\"type\":\"Sequential\",\"layers\":["
                        + "{\"id\":\"a\",\"type\":\"Dense\",\"units\":2}]},{\"ref\":\"a\"}]}");
        assertThat(read.layers().get(0))
                .isEqualTo(new Dense(2))
                .isSameAs(read.layers().get(2));
        assertThat(((Sequential) read.layers().get(1)).layers().get(0))
                .isSameAs(read.layers().get(0));
    }

    @Test
    void readsAndWritesAsDeepAsLayersMayNest() {
        Layer deep = new Relu();
        for (int depth = 1; depth < 256; depth++) {
            deep = Sequential.of(deep);
        }
        assertThat(again(deep)).isEqualTo(deep);
    }

    @Test
    void writesTheSameFileAlways() throws IOException {
        Path file = folder.resolve("layer.json");
        Layer layer = Sequential.of(new Dense(1));
        LayerJson.standard().write(file, layer);
        byte[] first = Files.readAllBytes(file);
        LayerJson.standard().write(file, LayerJson.standard().read(file));
        assertThat(Files.readAllBytes(file)).isEqualTo(first);
    }
}
