package org.lamina.conformance.report;

import org.lamina.DType;

/**
 * Where in a report a check belongs.
 *
 * @param section the table
 * @param subject the layer, function or op
 * @param backend the backend's name
 * @param dtype what is worked on
 * @param column what is checked
 */
public record Place(Section section, String subject, String backend, DType dtype, Column column) {
    Place in(Column other) {
        return new Place(section, subject, backend, dtype, other);
    }
}
