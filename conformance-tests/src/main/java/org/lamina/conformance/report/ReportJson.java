package org.lamina.conformance.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import org.lamina.conformance.KnownError;
import org.lamina.spi.BackendInfo;

/** A report for programs. {@code layer} is the name of whatever a cell is about, {@code kind} says what that is. */
record ReportJson(ConformanceReport report) {
    private static final JsonFactory FACTORY = new JsonFactory();

    String text() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text).useDefaultPrettyPrinter()) {
            json.writeStartObject();
            json.writeBooleanField("passed", report.passed());
            json.writeNumberField("seed", report.setting().seed());
            json.writeStringField("version", report.setting().version());
            json.writeStringField("command", report.setting().command());
            json.writeStringField("machine", Setting.machine());
            json.writeStringField("java", Setting.java());
            array(json, "backends", report.setting().backends(), ReportJson::backend);
            array(json, "histograms", ErrorHistogram.all(report), ReportJson::histogram);
            array(json, "knownErrors", report.knownErrors(), ReportJson::knownError);
            array(json, "cells", report.cells(), ReportJson::cell);
            array(json, "results", report.checks(), ReportJson::result);
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

    /** Counts of measured checks: without error, by the tenth of the tolerance that they take, and beyond it. */
    private static void histogram(ErrorHistogram histogram, JsonGenerator json) throws IOException {
        json.writeStringField("backend", histogram.backend());
        if (Double.isFinite(histogram.worst())) {
            json.writeNumberField("worst", histogram.worst());
        }
        json.writeArrayFieldStart("bins");
        for (ErrorHistogram.Bar bar : histogram.bars()) {
            json.writeStartObject();
            json.writeStringField("share", bar.label());
            json.writeNumberField("checks", bar.count());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void knownError(KnownError known, JsonGenerator json) throws IOException {
        json.writeStringField("backend", known.backend());
        json.writeStringField("op", known.op());
        json.writeNumberField("terms", known.terms());
        json.writeStringField("reason", known.reason());
        json.writeStringField("link", known.link());
    }

    private static void place(Place place, JsonGenerator json) throws IOException {
        json.writeStringField("kind", place.section().kind());
        json.writeStringField("layer", place.subject());
        json.writeStringField("backend", place.backend());
        json.writeStringField("dtype", place.dtype().toString());
    }

    private static void cell(Cell cell, JsonGenerator json) throws IOException {
        place(cell.place(), json);
        json.writeStringField("column", cell.place().column().toString());
        json.writeStringField("state", cell.state().toString());
        if (!cell.ran()) {
            json.writeStringField("reason", cell.reason());
        } else if (cell.measured()) {
            errors(cell.units(), cell.ulps(), json);
        }
    }

    private static void errors(double units, double ulps, JsonGenerator json) throws IOException {
        if (Double.isFinite(units)) {
            json.writeNumberField("units", units);
            json.writeNumberField("ulps", ulps);
        }
    }

    private static void result(Check check, JsonGenerator json) throws IOException {
        place(check.place(), json);
        json.writeStringField("check", check.name());
        if (!check.inputs().isEmpty()) {
            json.writeStringField("inputs", check.inputs());
        }
        json.writeStringField("rule", check.rule());
        json.writeBooleanField("passed", check.passed());
        errors(check.units(), check.ulps(), json);
        if (!check.passed()) {
            json.writeStringField("failure", check.failure());
        }
    }
}
