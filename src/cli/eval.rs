//! `dehusk eval`: scores against gold, as a table or JSON.

use super::Verdict;
use super::args::EvalArgs;
use super::cleaner::read_text;
use super::config::Config;
use super::glob;
use super::job::write_file;
use super::refuse::{refuse_among_pages, refuse_beside_json};
use super::{plural, say};
use anstyle::{AnsiColor, Style};
use anyhow::{Context, bail};
use dehusk::Cleaner;
use dehusk::eval::{Change, Comparison, Group, Run};
use dehusk::input::{Input, Inputs, printable, printable_text};
use dehusk::pipeline::{EvalPlan, Evaluation, Texts, evaluate, evaluate_texts};
use serde::Serialize;
use std::io::{self, Write};

/// Pages that are named one by one on standard error.
const MAX_NAMED: usize = 10;

/// What `--json` prints.
#[derive(Serialize)]
struct Printed<'a> {
    #[serde(flatten)]
    run: &'a Run,
    #[serde(skip_serializing_if = "Option::is_none")]
    comparison: Option<&'a Comparison>,
}

/// Runs the command.
pub(super) fn run(args: EvalArgs) -> anyhow::Result<Verdict> {
    // The earlier run is read first: the new one may be saved over it.
    let before = args.compare.as_deref().map(|path| -> anyhow::Result<Run> {
        let json = read_text(path, "saved run")?;
        serde_json::from_str(&json).with_context(|| format!("{} is no run that `--save` wrote", printable(path)))
    });
    let before = before.transpose()?;
    let named = || args.path.iter().cloned().map(glob::input);
    let read: Vec<Input> =
        named().chain([&args.gold].into_iter().chain(&args.texts).cloned().map(Input::Path)).collect();
    refuse_among_pages(&read, &args.save)?;
    refuse_beside_json(args.json, "--save", args.save.as_deref(), "run")?;
    let gold = Texts::open(&args.gold)?;
    let evaluation = match &args.texts {
        Some(texts) => evaluate_texts(&gold, &Texts::open(texts)?)?,
        None => {
            let config = Config::find(&args.cleaner)?;
            let inputs = Inputs::discover(named().collect(), &[]);
            let builder = || Cleaner::builder().explain(true).metadata(false);
            let (cleaner_of, cleaners) = args.cleaner.cleaners(&config, &inputs, builder)?;
            evaluate(&EvalPlan {
                gold: &gold,
                corpus: args.read.corpus(args.read.reading(&config), &inputs, (&cleaner_of, &cleaners), args.jobs),
            })?
        }
    };
    let Evaluation { run, unlabelled, failed } = evaluation;
    if run.all().missing == gold.len() && failed.is_empty() {
        bail!("no page belongs to the gold in {}: names and ids differ", printable(&args.gold));
    }
    complain(&run, &unlabelled, &failed);
    if let Some(path) = &args.save {
        let mut json = serde_json::to_vec(&run)?;
        json.push(b'\n');
        write_file(path, &json)?;
    }
    let comparison = before.map(|before| Comparison::new(&before, &run));
    let mut out = anstream::AutoStream::auto(io::stdout()).lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string(&Printed { run: &run, comparison: comparison.as_ref() })?)?;
    } else {
        scores(&mut out, &run)?;
        worst(&mut out, &run, args.worst)?;
        if let Some(comparison) = &comparison {
            changes(&mut out, comparison, args.worst)?;
        }
    }
    out.flush()?;
    let is_low = args.min_f1.is_some_and(|min| run.all().f1 < min);
    if let (true, Some(min)) = (is_low, args.min_f1) {
        say(&format!("dehusk: the word F1 is {:.4}, below --min-f1 {min}\n", run.all().f1));
    }
    Ok(if is_low || !failed.is_empty() { Verdict::Failures } else { Verdict::Clean })
}

/// Says on standard error which pages are not as they should be.
fn complain(run: &Run, unlabelled: &[String], failed: &[(String, String)]) {
    let mut text = String::new();
    for (name, why) in failed.iter().take(MAX_NAMED) {
        text += &format!("dehusk: {name}: {why}\n");
    }
    if failed.len() > MAX_NAMED {
        text += &format!("dehusk: and {} more failed\n", failed.len() - MAX_NAMED);
    }
    if let Some(first) = unlabelled.first() {
        text +=
            &format!("dehusk: not in the gold and not scored: {}, such as {first}\n", plural(unlabelled.len(), "page"));
    }
    if let Some(first) = run.pages.iter().find(|page| page.missing) {
        let id = printable_text(&first.id);
        text +=
            &format!("dehusk: without a text, counted as empty: {}, such as {id}\n", plural(run.all().missing, "page"));
    }
    say(&text);
}

fn percent(part: usize, whole: usize) -> String {
    format!("{:.1} %", 100.0 * part as f64 / whole.max(1) as f64)
}

fn scores(out: &mut impl Write, run: &Run) -> io::Result<()> {
    let bold = Style::new().bold();
    let width = run.groups.iter().map(|group| group.name.chars().count()).max().unwrap_or(0).max(5);
    writeln!(
        out,
        "{bold}{:width$}  {:>6}  {:>6}  {:^16}  {:>9}  {:>6}  {:>10}  {:>10}  {:>9}{bold:#}",
        "type", "pages", "F1", "95 %", "precision", "recall", "4-gram F1", "lines lost", "husk left"
    )?;
    for group in &run.groups {
        let Group { name, pages, f1, precision, recall, shingle_f1, .. } = group;
        let interval = format!("[{:.4}, {:.4}]", group.intervals[2].low, group.intervals[2].high);
        let lost = percent(group.lines_lost, group.lines);
        let left = group.husk.map_or("-".to_owned(), |husk| percent(group.husk_left, husk));
        writeln!(
            out,
            "{:width$}  {pages:>6}  {f1:>6.4}  {interval}  {precision:>9.4}  {recall:>6.4}  {shingle_f1:>10.4}  {lost:>10}  {left:>9}",
            printable_text(name)
        )?;
    }
    let all = run.all();
    let touched = percent(all.pages_with_lost_lines, all.pages);
    let (lost, words) = (all.words_lost as f64 * 100.0 / all.words.max(1) as f64, all.words);
    writeln!(out, "\nof {words} words {lost:.3} % are lost; a line is lost on {touched} of the pages")
}

fn worst(out: &mut impl Write, run: &Run, count: usize) -> io::Result<()> {
    let pages: Vec<_> = run.worst_first().into_iter().filter(|page| page.f1 < 1.0).take(count).collect();
    if pages.is_empty() {
        return Ok(());
    }
    let bold = Style::new().bold();
    writeln!(out, "\n{bold}    F1  precision  recall  worst pages{bold:#}")?;
    for page in pages {
        let kind = page.kind.as_deref().map_or(String::new(), |kind| format!(" ({})", printable_text(kind)));
        let id = printable_text(&page.id);
        writeln!(out, "{:>6.4}  {:>9.4}  {:>6.4}  {id}{kind}", page.f1, page.precision, page.recall)?;
    }
    Ok(())
}

fn changes(out: &mut impl Write, comparison: &Comparison, count: usize) -> io::Result<()> {
    let bold = Style::new().bold();
    let groups = &comparison.groups;
    let width = groups.iter().map(|group| group.name.chars().count()).max().unwrap_or(0).max(7);
    writeln!(
        out,
        "\n{bold}{:width$}  {:>6}  figure       before   after      gain        95 %{bold:#}",
        "change", "pages"
    )?;
    for group in groups {
        let whole = [("precision", group.precision), ("recall", group.recall), ("4-gram F1", group.shingle_f1)];
        let figures = std::iter::once(("F1", group.f1)).chain(whole.into_iter().filter(|_| group.name == "all"));
        for (figure, change) in figures {
            let Change { before, after, gain, interval } = change;
            let style = match (change.is_sure(), gain > 0.0) {
                (false, _) => Style::new(),
                (true, true) => AnsiColor::Green.on_default(),
                (true, false) => AnsiColor::Red.on_default(),
            };
            writeln!(
                out,
                "{:width$}  {:>6}  {figure:9}  {before:>8.4}  {after:>6.4}  {style}{gain:>+8.4}{style:#}  [{:+.4}, {:+.4}]",
                printable_text(&group.name),
                group.pages,
                interval.low,
                interval.high
            )?;
        }
    }
    let Comparison { better, worse, same, only_before, only_after, .. } = comparison;
    writeln!(out, "\npages: {better} better, {worse} worse, {same} the same")?;
    if only_before + only_after > 0 {
        writeln!(out, "not compared: {only_before} of the earlier run only, {only_after} of this one only")?;
    }
    let pages = &comparison.pages;
    let lost = pages.iter().filter(|page| page.after < page.before).take(count);
    let gained = pages.iter().rev().filter(|page| page.after > page.before).take(count);
    for (title, pages) in [("lost most", lost.collect::<Vec<_>>()), ("gained most", gained.collect())] {
        if pages.is_empty() {
            continue;
        }
        writeln!(out, "\n{bold}before   after  {title}{bold:#}")?;
        for page in pages {
            let id = printable_text(&page.id);
            writeln!(out, "{:>6.4}  {:>6.4}  {id}", page.before, page.after)?;
        }
    }
    Ok(())
}
