package org.lamina.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.layer.Layer;
import org.lamina.layers.Relu;
import org.lamina.layers.Sequential;

/** Architectures that are wrong or hostile, each refused with the file and the place in it. */
class LayerJsonRefusalsTest {
    @TempDir
    private Path folder;

    private static Arguments wrong(String json, String problem) {
        return Arguments.of(ErrorCode.ARCHITECTURE, json.replace('\'', '"'), problem);
    }

    private static Arguments inList(String json, String problem) {
        return wrong("{'type':'Sequential','layers':[{'type':'Relu'}," + json + "]}", problem);
    }

    private static Arguments strict(int way, String problem) {
        String json = "{\"type\":\"Sequential\",\"layers\":[{\"type\":\"Strict\",\"way\":" + way + "}]}";
        return Arguments.of(ErrorCode.CONFIGURATION, json, problem);
    }

    static Stream<Arguments> syntax() {
        return Stream.of(
                wrong("", "the document ends too early"),
                wrong("{", "not well-formed JSON"),
                wrong("{'type':'Relu'", "not well-formed JSON"),
                wrong("{'type':'Relu'} x", "not well-formed JSON"),
                wrong("{'type':'Relu'} {}", "more after the end"),
                wrong("{'type':'Relu','type':'Relu'}", "Duplicate field 'type' (line 1, column"),
                wrong("{'type':'Relu',}", "not well-formed JSON"),
                wrong("{'type':'Dense','units':NaN}", "not well-formed JSON"),
                wrong("{'type':'Dense','units':" + "9".repeat(2000) + "}", "not well-formed JSON"),
                wrong("/* no */ {}", "not well-formed JSON"),
                wrong("[".repeat(100_000), "not well-formed JSON"),
                wrong("{'a':".repeat(100_000), "not well-formed JSON"),
                wrong("{'type':'Sequential','layers':[".repeat(100_000), "not well-formed JSON"));
    }

    static Stream<Arguments> structure() {
        return Stream.of(
                wrong("[]", ": a layer must be an object and is a list"),
                wrong("null", "a layer must be an object and is null"),
                wrong("{}", "a layer has no \"type\""),
                wrong("{'type':3}", "\"type\" must be a string and is the number 3"),
                inList("{'type':'Dense'}", "layers[1]: Dense has no \"units\", which it needs"),
                inList("{'type':'Dense','units':1,'unit':2}", "layers[1].unit: Dense has no such field"),
                inList("{'type':'Relu','x':2}", "layers[1].x: Relu has no such field"),
                inList("7", "layers[1]: a layer must be an object and is the number 7"),
                inList("null", "layers[1]: a layer must be an object and is null"),
                wrong("{'type':'Sequential','layers':{}}", "layers: it must be a list and is an object"),
                wrong("{'type':'Sequential','layers':null}", "layers: it must be a list and is null"),
                wrong("{'type':'Wrapper','body':{'type':'Relu'}}", "body: it must be a layer that is a Sequential"));
    }

    static Stream<Arguments> values() {
        String dense = "{'type':'Dense','units':";
        String rate = "{'type':'Defaults','units':1,'rate':";
        return Stream.of(
                inList(dense + "'3'}", "layers[1].units: it must be a whole number and is the string \"3\""),
                inList(dense + "3.0}", "layers[1].units: it must be a whole number and is the number 3.0"),
                inList(dense + "1e3}", "layers[1].units: it must be a whole number"),
                inList(dense + "true}", "layers[1].units: it must be a whole number and is true"),
                inList(dense + "[3]}", "layers[1].units: it must be a whole number and is a list"),
                inList(dense + "9223372036854775808}", "units: 9223372036854775808 is out of range"),
                inList(dense + "-9223372036854775809}", "units: -9223372036854775809 is out of range"),
                inList(rate + "1e309}", "layers[1].rate: 1e309 is out of range"),
                inList(rate + "-1e999999999}", "layers[1].rate: -1e999999999 is out of range"),
                inList(rate + "'big'}", "layers[1].rate: it must be a number"),
                inList(rate + "1,'bias':1}", "layers[1].bias: it must be true or false and is the number 1"),
                wrong(everything("'count':2147483648"), "count: 2147483648 is out of range"),
                wrong(everything("'name':1"), "name: it must be a string and is the number 1"),
                wrong(
                        everything("'mode':'HALF_UP'"),
                        "mode: it must be one of \"fast\", \"half-up\" and is the string"),
                wrong(everything("'dtype':'float16'"), "dtype: it must be one of \"float32\", \"float64\""),
                wrong(everything("'shape':[-1]"), "shape[0]: -1 is out of range"),
                wrong(everything("'sizes':[1,null]"), "sizes[1]: it must be a whole number and is null"),
                wrong(everything("'table':[[1],[2,'x']]"), "table[1][1]: it must be a number"));
    }

    /** A layer of every kind of field, one of them wrong. */
    private static String everything(String wrong) {
        String name = wrong.substring(0, wrong.indexOf(':'));
        StringBuilder fields = new StringBuilder("{'type':'sample.Everything'," + wrong);
        for (String field : List.of(
                "'size':1",
                "'count':1",
                "'rate':1",
                "'bias':true",
                "'name':''",
                "'mode':'fast'",
                "'dtype':'bool'",
                "'shape':[]",
                "'sizes':[]",
                "'table':[]",
                "'inner':{'type':'Relu'}",
                "'branches':[]")) {
            fields.append(field.startsWith(name + ":") ? "" : "," + field);
        }
        return fields.append('}').toString();
    }

    static Stream<Arguments> references() {
        String block = "{'type':'Sequential','id':'a','layers':[";
        return Stream.of(
                inList("{'ref':'a'}", "layers[1].ref: no layer has the id \"a\""),
                inList("{'ref':'a','type':'Relu'}", "layers[1]: a reference is an object of nothing but"),
                inList("{'ref':3}", "layers[1]: a reference is an object of nothing but"),
                inList("{'type':'Relu','id':3}", "layers[1].id: an id must be a string and is the number 3"),
                inList(
                        "{'type':'Relu','id':'a'},{'type':'Relu','id':'a'}",
                        "layers[2].id: \"a\" is the id of layers[1] too"),
                wrong(block + "{'ref':'a'}]}", "layers[0].ref: the layer \"a\" would be inside itself"),
                inList(
                        block + "{'ref':'b'}]},{'type':'Sequential','id':'b','layers':[{'ref':'a'}]}",
                        "layers[2].layers[0].ref: the layer \"a\" would be inside itself"),
                wrong(nested(257, "{'type':'Relu'}"), "layers nest more than 256 deep"),
                wrong(doubling(40), "more than 1000000 layers when references are followed"),
                wrong(chain(300), "layers nest more than 256 deep"));
    }

    private static String nested(int depth, String inner) {
        return "{'type':'Sequential','layers':[".repeat(depth - 1) + inner + "]}".repeat(depth - 1);
    }

    /** Each block holds the one before twice. */
    private static String doubling(int blocks) {
        StringBuilder json = new StringBuilder("{'type':'Sequential','layers':[{'type':'Relu','id':'0'}");
        for (int i = 1; i < blocks; i++) {
            json.append(",{'type':'Sequential','id':'" + i + "','layers':[{'ref':'" + (i - 1) + "'},{'ref':'" + (i - 1)
                    + "'}]}");
        }
        return json.append("]}").toString();
    }

    /** Each block holds the one after it, so that following references nests deeply. */
    private static String chain(int blocks) {
        StringBuilder json = new StringBuilder("{'type':'Sequential','layers':[{'type':'Relu','id':'0'}");
        for (int i = blocks; i > 0; i--) {
            json.append(",{'type':'Sequential','id':'" + i + "','layers':[{'ref':'" + (i - 1) + "'}]}");
        }
        return json.append("]}").toString();
    }

    static Stream<Arguments> configurations() {
        return Stream.of(
                strict(1, "layers[0]: Strict: way is 1; it must not be"),
                strict(2, "layers[0]: Strict: its record does not take these values"),
                Arguments.of(
                        ErrorCode.CONFIGURATION, "{\"type\":\"Dense\",\"units\":0}", ": Dense: units is 0; it must be"),
                Arguments.of(
                        ErrorCode.UNKNOWN_LAYER,
                        "{\"type\":\"Sequential\",\"layers\":[{\"type\":\"Dence\"}]}",
                        "layers[0].type: no layer is registered as \"Dence\""),
                Arguments.of(ErrorCode.UNKNOWN_LAYER, "{\"type\":\"dense\"}", "The closest names are Dense, "),
                Arguments.of(
                        ErrorCode.UNKNOWN_LAYER,
                        "{\"type\":\"java.lang.Runtime\"}",
                        "no layer is registered as \"java.lang.Runtime\""),
                Arguments.of(
                        ErrorCode.UNKNOWN_LAYER, "{\"type\":\"" + "x".repeat(1_000_000) + "\"}", "xxx...\"; nothing"));
    }

    @ParameterizedTest
    @MethodSource({"syntax", "structure", "values", "references", "configurations"})
    void refuses(ErrorCode code, String json, String problem) throws IOException {
        Path file = Files.writeString(folder.resolve("net.json"), json);
        assertCode(code, () -> SampleLayers.JSON.read(file))
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(problem)
                .extracting(e -> String.valueOf(e.getMessage()).length())
                .satisfies(length -> assertThat((int) length).isLessThan(1000));
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertCode(ErrorCode code, Runnable action) {
        return assertThatThrownBy(action::run).isInstanceOfSatisfying(LaminaException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }

    @Test
    void refusesTextThatIsNotUtf8AndFilesThatAreNoText() throws IOException {
        Path file = folder.resolve("net.json");
        Files.write(file, "{\"type\":\"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1));
        assertCode(ErrorCode.ARCHITECTURE, () -> SampleLayers.JSON.read(file)).hasMessageContaining("not valid UTF-8");
        assertCode(ErrorCode.FILE_ACCESS, () -> SampleLayers.JSON.read(folder.resolve("none")))
                .hasMessageContaining("there is no such file");
    }

    @Test
    void cannotWriteALambdaOrAnUnregisteredLayer() {
        Layer lambda = (scope, x) -> x;
        assertCode(ErrorCode.UNKNOWN_LAYER, () -> LayerJson.standard().format(Sequential.of(new Relu(), lambda)))
                .hasMessageContaining("layers[1]: the layer is a lambda")
                .hasMessageContaining("nothing was written");
        assertCode(ErrorCode.UNKNOWN_LAYER, () -> LayerJson.standard().format(new SampleLayers.Strict(0)))
                .hasMessageContaining("SampleLayers$Strict is not registered")
                .hasMessageContaining("LayerRegistry.with(\"Strict\", Strict.class)");
    }

    @Test
    void cannotWriteWhatItCouldNotRead() {
        Layer deep = new Relu();
        for (int depth = 1; depth < 257; depth++) {
            deep = Sequential.of(deep);
        }
        Layer tooDeep = deep;
        assertCode(ErrorCode.ARCHITECTURE, () -> SampleLayers.JSON.format(tooDeep))
                .hasMessageContaining("more than 256 deep");
        Layer open = new SampleLayers.Sized(Shape.of(Shape.BATCH, 3), "");
        assertCode(ErrorCode.ARCHITECTURE, () -> SampleLayers.JSON.format(open))
                .hasMessageContaining("shape: the shape (N, 3) has an open size");
        Layer half = new SampleLayers.Sized(Shape.scalar(), "\ud800");
        assertCode(ErrorCode.ARCHITECTURE, () -> SampleLayers.JSON.format(half))
                .hasMessageContaining("name: it has half a surrogate pair");
    }
}
