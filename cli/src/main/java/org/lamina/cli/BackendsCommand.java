package org.lamina.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.LaminaException;
import org.lamina.spi.BackendInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lamina backends}. */
@Command(
        name = "backends",
        description = "List the backends on the class path: name, framework, version, device, dtypes.",
        footer = {"  lamina backends", "  lamina backends --json"})
final class BackendsCommand implements Callable<Integer> {
    @Option(names = "--json", description = "Print a JSON array, for programs.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    BackendsCommand() {}

    /** A backend, and either what it says of itself or why it cannot be loaded. */
    private record Entry(String name, @Nullable BackendInfo info, String failure) {}

    @Override
    public Integer call() throws IOException {
        List<Entry> entries =
                Backend.available().stream().map(BackendsCommand::load).toList();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            print(entries, out);
        } else {
            table(entries).print(out);
        }
        return entries.stream().anyMatch(entry -> entry.info == null) ? Failures.FAILED : 0;
    }

    private static Entry load(String name) {
        try (Backend backend = Backend.load(name)) {
            return new Entry(name, backend.info(), "");
        } catch (LaminaException e) {
            return new Entry(name, null, String.valueOf(e.getMessage()));
        }
    }

    private static Table table(List<Entry> entries) {
        Table table = new Table().row("name", "framework", "version", "device", "dtypes");
        for (Entry entry : entries) {
            BackendInfo info = entry.info;
            if (info == null) {
                table.row(entry.name, entry.failure);
            } else {
                table.row(entry.name, info.framework(), info.version(), info.device(), dtypes(info));
            }
        }
        return table;
    }

    private static String dtypes(BackendInfo info) {
        return info.dtypes().stream().sorted().map(DType::toString).collect(Collectors.joining(" "));
    }

    private static void print(List<Entry> entries, PrintWriter out) throws IOException {
        try (JsonGenerator generator = Json.generator(out)) {
            generator.writeStartArray();
            for (Entry entry : entries) {
                generator.writeStartObject();
                generator.writeStringField("name", entry.name);
                write(entry, generator);
                generator.writeEndObject();
            }
            generator.writeEndArray();
        }
        out.println();
        out.flush();
    }

    private static void write(Entry entry, JsonGenerator generator) throws IOException {
        BackendInfo info = entry.info;
        if (info == null) {
            generator.writeStringField("error", entry.failure);
            return;
        }
        generator.writeStringField("framework", info.framework());
        generator.writeStringField("version", info.version());
        generator.writeStringField("device", info.device());
        generator.writeArrayFieldStart("dtypes");
        for (DType dtype : info.dtypes().stream().sorted().toList()) {
            generator.writeString(dtype.toString());
        }
        generator.writeEndArray();
    }
}
