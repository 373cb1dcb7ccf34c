//! The charts, drawn as SVG by a library. What they show stands in a table beside each.

use std::collections::{BTreeMap, BTreeSet};

use charts_rs::{BarChart, Color, LineChart, Series, Symbol, YAxisConfig};

use super::figures::{Age, Count, Figures, Night, Percent};

/// The charts of a page; none where there is nothing to draw.
#[derive(Debug)]
pub(super) struct Charts {
    /// Score and coverage, night by night.
    pub(super) trend: Option<String>,
    /// Failing findings by severity, night by night.
    pub(super) failing: Option<String>,
    /// What began to fail and what was mended, day by day.
    pub(super) changes: Option<String>,
    /// Open findings by age and severity.
    pub(super) ages: Option<String>,
}

/// Nights that a chart shows at the most, the last ones.
const NIGHTS: usize = 90;
const WIDTH: f32 = 720.0;
const HEIGHT: f32 = 260.0;

/// The colours, which the style sheet of the page knows, too: told apart by people who see no red or green.
const CRITICAL: &str = "#9d174d";
const HIGH: &str = "#d9480f";
const MEDIUM: &str = "#e0a100";
const LOW: &str = "#5b8fb9";
const INFORMATIONAL: &str = "#8a8f98";
const SCORE: &str = "#2563a8";
const COVERAGE: &str = "#8a8f98";
const MENDED: &str = "#2a8c6a";
const GONE: &str = "#9fc6b5";

impl Charts {
    /// Draws them.
    pub(super) fn of(figures: &Figures) -> Result<Self, charts_rs::Error> {
        let from = figures.nights.len().saturating_sub(NIGHTS);
        let nights = figures.nights.get(from..).unwrap_or_default();
        if nights.len() < 2 {
            return Ok(Self { trend: None, failing: None, changes: None, ages: ages(&figures.ages)? });
        }
        Ok(Self {
            trend: Some(trend(nights)?),
            failing: Some(failing(nights)?),
            changes: Some(changes(nights)?),
            ages: ages(&figures.ages)?,
        })
    }
}

fn trend(nights: &[Night]) -> Result<String, charts_rs::Error> {
    let score = percents("score", nights, |night| night.score_percent);
    let mut coverage = percents("coverage", nights, |night| night.coverage_percent);
    coverage.stroke_dash_array = Some("4,3".to_owned());
    let mut chart = LineChart::new(vec![score, coverage], days(nights));
    lines(&mut chart, &[SCORE, COVERAGE]);
    for axis in &mut chart.y_axis_configs {
        (axis.min, axis.max, axis.split_number) = (Some(0.0), Some(100.0), 5);
        axis.formatter = Some("{c} %".to_owned());
    }
    chart.svg()
}

fn failing(nights: &[Night]) -> Result<String, charts_rs::Error> {
    let series = vec![
        counts("critical", nights, |night| night.failed_critical),
        counts("high", nights, |night| night.failed_high),
        counts("medium", nights, |night| night.failed_medium),
        counts("low", nights, |night| night.failed_low),
    ];
    let mut chart = LineChart::new(series, days(nights));
    lines(&mut chart, &[CRITICAL, HIGH, MEDIUM, LOW]);
    from_zero(&mut chart.y_axis_configs);
    chart.svg()
}

fn changes(nights: &[Night]) -> Result<String, charts_rs::Error> {
    let series = vec![
        stacked(counts("new", nights, |night| night.new), "failing"),
        stacked(counts("reopened", nights, |night| night.reopened), "failing"),
        stacked(counts("resolved", nights, |night| night.resolved), "mended"),
        stacked(counts("gone with the resource", nights, |night| night.resource_deleted), "mended"),
    ];
    let mut chart = BarChart::new(series, days(nights));
    bars(&mut chart, &[HIGH, MEDIUM, MENDED, GONE]);
    chart.svg()
}

fn ages(ages: &[Age]) -> Result<Option<String>, charts_rs::Error> {
    if ages.is_empty() {
        return Ok(None);
    }
    let buckets = ages.iter().map(|age| (age.bucket_id, age.bucket.as_str())).collect::<BTreeSet<_>>();
    let found =
        ages.iter().map(|age| ((age.severity.as_str(), age.bucket_id), age.findings)).collect::<BTreeMap<_, _>>();
    let mut drawn = (Vec::new(), Vec::new());
    for (severity, colour) in
        [("critical", CRITICAL), ("high", HIGH), ("medium", MEDIUM), ("low", LOW), ("informational", INFORMATIONAL)]
    {
        if ages.iter().any(|age| age.severity == severity) {
            let of = |bucket: i64| found.get(&(severity, bucket)).copied().unwrap_or(Count(Some(0)));
            let data = buckets.iter().map(|(bucket, _)| number(of(*bucket))).collect();
            drawn.0.push(stacked(Series { name: severity.to_owned(), data, ..Series::default() }, "open"));
            drawn.1.push(colour);
        }
    }
    let mut chart = BarChart::new(drawn.0, buckets.iter().map(|(_, bucket)| (*bucket).to_owned()).collect());
    bars(&mut chart, &drawn.1);
    chart.svg().map(Some)
}

fn days(nights: &[Night]) -> Vec<String> {
    nights.iter().map(|night| night.run_date.to_string()).collect()
}

fn percents(name: &str, nights: &[Night], of: fn(&Night) -> Percent) -> Series {
    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "a share needs no more digits")]
    let data = nights.iter().map(|night| of(night).0.map(|percent| percent as f32)).collect();
    Series { name: name.to_owned(), data, ..Series::default() }
}

fn counts(name: &str, nights: &[Night], of: fn(&Night) -> Count) -> Series {
    let data = nights.iter().map(|night| number(of(night))).collect();
    Series { name: name.to_owned(), data, ..Series::default() }
}

fn stacked(series: Series, stack: &str) -> Series {
    Series { stack: Some(stack.to_owned()), ..series }
}

#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "a chart shows no more digits")]
fn number(count: Count) -> Option<f32> {
    count.0.map(|number| number as f32)
}

/// Counts are drawn from zero.
fn from_zero(axes: &mut [YAxisConfig]) {
    for axis in axes {
        axis.min = Some(0.0);
        axis.formatter = Some("{t}".to_owned());
    }
}

fn lines(chart: &mut LineChart, colours: &[&str]) {
    (chart.width, chart.height) = (WIDTH, HEIGHT);
    chart.series.colors = colours.iter().map(|colour| Color::from(*colour)).collect();
    chart.series.symbol = Some(Symbol::None);
    chart.base.compact = true;
    chart.background_color = Color::from("#ffffff00");
}

fn bars(chart: &mut BarChart, colours: &[&str]) {
    (chart.width, chart.height) = (WIDTH, HEIGHT);
    chart.series.colors = colours.iter().map(|colour| Color::from(*colour)).collect();
    chart.base.compact = true;
    chart.background_color = Color::from("#ffffff00");
    from_zero(&mut chart.y_axis_configs);
}
