package org.lamina.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import org.lamina.conformance.LayerResult;
import org.lamina.spi.BackendInfo;

/** A conformance report for programs. */
record ReportJson(List<LayerResult> results, ReportSetting setting, List<ReportCell> cells) {
    String text() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = Json.generator(text)) {
            json.writeStartObject();
            json.writeBooleanField("passed", results.stream().allMatch(LayerResult::passed));
            json.writeNumberField("seed", setting.seed());
            json.writeStringField("machine", ReportSetting.machine());
            json.writeStringField("java", ReportSetting.java());
            array(json, "backends", setting.backends(), ReportJson::backend);
            array(json, "cells", cells, ReportJson::cell);
            array(json, "results", results, ReportJson::result);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a StringWriter does not fail", e);
        }
        return text.append('\n').toString();
    }

    /** Writes the fields of one element. */
    @FunctionalInterface
    private interface Fields<T> {
        void write(T element, JsonGenerator json) throws IOException;
    }

    private static <T> void array(JsonGenerator json, String name, List<T> elements, Fields<T> fields)
            throws IOException {
        json.writeArrayFieldStart(name);
        for (T element : elements) {
            json.writeStartObject();
            fields.write(element, json);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void backend(BackendInfo backend, JsonGenerator json) throws IOException {
        json.writeStringField("name", backend.name());
        json.writeStringField("framework", backend.framework());
        json.writeStringField("version", backend.version());
        json.writeStringField("device", backend.device());
    }

    private static void cell(ReportCell cell, JsonGenerator json) throws IOException {
        json.writeStringField("layer", cell.layer());
        json.writeStringField("backend", cell.backend());
        json.writeStringField("dtype", cell.dtype().toString());
        json.writeStringField("column", cell.column());
        json.writeStringField("state", cell.state());
    }

    private static void result(LayerResult result, JsonGenerator json) throws IOException {
        json.writeStringField("layer", result.layer());
        json.writeStringField("backend", result.backend());
        json.writeStringField("dtype", result.dtype().toString());
        json.writeStringField("check", result.check().toString());
        json.writeStringField("rule", result.check().rule());
        json.writeBooleanField("passed", result.passed());
        if (Double.isFinite(result.units())) {
            json.writeNumberField("units", result.units());
            json.writeNumberField("ulps", result.ulps());
        }
        if (!result.passed()) {
            json.writeStringField("failure", result.failure());
        }
    }
}
