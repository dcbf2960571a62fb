package org.lamina.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lamina.cli.Invocation.lamina;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.lamina.Backend;

class BackendsCommandTest {
    @Test
    void listsEveryBackendOfTheClassPath() {
        Invocation invocation = lamina("backends");

        assertThat(invocation.exitCode()).isZero();
        assertThat(invocation.err()).isEmpty();
        List<String> lines = invocation.out().lines().toList();
        assertThat(lines).hasSize(1 + Backend.available().size());
        assertThat(lines.get(0)).matches("name +framework +version +device +dtypes");
        for (String name : Backend.available()) {
            assertThat(lines).anyMatch(line -> line.startsWith(name + " ") && line.contains("float32 float64"));
        }
    }

    @Test
    void jsonHoldsTheSameNames() throws IOException {
        Invocation invocation = lamina("backends", "--json");

        assertThat(invocation.exitCode()).isZero();
        List<String> names = new ArrayList<>();
        try (JsonParser parser = new JsonFactory().createParser(invocation.out())) {
            assertThat(parser.nextToken()).isEqualTo(JsonToken.START_ARRAY);
            while (parser.nextToken() != null) {
                if ("name".equals(parser.currentName()) && parser.currentToken() == JsonToken.VALUE_STRING) {
                    names.add(parser.getText());
                }
            }
        }
        assertThat(names).isEqualTo(Backend.available());
    }
}
