//! The text format of Prometheus, version 0.0.4 (<https://prometheus.io/docs/instrumenting/exposition_formats/>).

use std::fmt::{Display, Write};

use domain::meter::Histogram;

/// The media type of what is written here.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Nanoseconds of a second, in which the base unit is told.
const NANOS: f64 = 1e9;

/// Labels of a sample: names, and values which may be any text.
pub(super) type Labels<'a> = &'a [(&'static str, &'a str)];

/// What is exposed, family by family.
#[derive(Debug, Default)]
pub(super) struct Exposition {
    text: String,
}

/// Samples of one name.
pub(super) struct Family<'a> {
    text: &'a mut String,
    name: &'static str,
}

impl Exposition {
    pub(super) fn counter(&mut self, name: &'static str, help: &str) -> Family<'_> {
        self.family(name, "counter", help)
    }

    pub(super) fn gauge(&mut self, name: &'static str, help: &str) -> Family<'_> {
        self.family(name, "gauge", help)
    }

    pub(super) fn histogram(&mut self, name: &'static str, help: &str) -> Family<'_> {
        self.family(name, "histogram", help)
    }

    fn family(&mut self, name: &'static str, kind: &str, help: &str) -> Family<'_> {
        // Writing to memory does not fail.
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}");
        Family { text: &mut self.text, name }
    }

    pub(super) fn finish(self) -> String {
        self.text
    }
}

impl Family<'_> {
    /// The one sample of a family without labels.
    pub(super) fn is(mut self, value: impl Display) {
        self.sample(&[], value);
    }

    pub(super) fn sample(&mut self, labels: Labels<'_>, value: impl Display) {
        self.line("", labels, None, &value);
    }

    /// A histogram of durations, in seconds.
    pub(super) fn durations(&mut self, labels: Labels<'_>, histogram: &Histogram) {
        self.spread(labels, histogram, NANOS);
    }

    /// A histogram of counts or bytes.
    pub(super) fn sizes(&mut self, labels: Labels<'_>, histogram: &Histogram) {
        self.spread(labels, histogram, 1.0);
    }

    #[expect(clippy::cast_precision_loss, reason = "shown to people and their graphs")]
    fn spread(&mut self, labels: Labels<'_>, histogram: &Histogram, unit: f64) {
        let reading = histogram.read();
        let mut count = 0;
        let bounds = reading.bounds.iter().map(|bound| (*bound as f64 / unit).to_string());
        for (bound, more) in bounds.chain(["+Inf".to_owned()]).zip(&reading.counts) {
            count += more;
            self.line("_bucket", labels, Some(&bound), &count);
        }
        self.line("_sum", labels, None, &(reading.sum as f64 / unit));
        self.line("_count", labels, None, &count);
    }

    fn line(&mut self, suffix: &str, labels: Labels<'_>, le: Option<&str>, value: &dyn Display) {
        let text = &mut *self.text;
        text.push_str(self.name);
        text.push_str(suffix);
        let mut separator = '{';
        for (name, value) in labels.iter().copied().chain(le.map(|le| ("le", le))) {
            text.push(separator);
            text.push_str(name);
            text.push_str("=\"");
            for letter in value.chars() {
                match letter {
                    '\\' => text.push_str("\\\\"),
                    '"' => text.push_str("\\\""),
                    '\n' => text.push_str("\\n"),
                    letter => text.push(letter),
                }
            }
            text.push('"');
            separator = ',';
        }
        if separator == ',' {
            text.push('}');
        }
        // Writing to memory does not fail.
        let _ = writeln!(text, " {value}");
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn families_are_written_as_the_format_says() {
        let mut exposition = Exposition::default();
        exposition.gauge("a_bytes", "What it is.").is(7);
        exposition.counter("b_total", "Others.").sample(&[("of", "a \"b\\\n")], 3);
        let histogram = Histogram::of_durations();
        histogram.took(Duration::from_nanos(1_500));
        histogram.took(Duration::from_secs(20));
        exposition.histogram("c_seconds", "Long.").durations(&[("stage", "x")], &histogram);
        let text = exposition.finish();
        let begin = "# HELP a_bytes What it is.\n# TYPE a_bytes gauge\na_bytes 7\n\
                     # HELP b_total Others.\n# TYPE b_total counter\nb_total{of=\"a \\\"b\\\\\\n\"} 3\n";
        assert!(text.starts_with(begin), "{text}");
        for line in [
            "c_seconds_bucket{stage=\"x\",le=\"0.000001\"} 0",
            "c_seconds_bucket{stage=\"x\",le=\"0.0000025\"} 1",
            "c_seconds_bucket{stage=\"x\",le=\"10\"} 1",
            "c_seconds_bucket{stage=\"x\",le=\"+Inf\"} 2",
            "c_seconds_sum{stage=\"x\"} 20.0000015",
            "c_seconds_count{stage=\"x\"} 2",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
    }
}
