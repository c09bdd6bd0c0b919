//! Markdown of an HTML page, through the command: headings, lists, quotes, code and tables keep their form.

use assert_cmd::Command;

const PAGE: &str = "<!doctype html><title>Drying apples</title><article><h1>Drying apples</h1>
<p>Slices of three millimetres dry in one night on a stove, and keep for a year in a jar with a lid that closes well.</p>
<h2>What you need</h2>
<ul><li>Two kilos of apples that are neither soft nor very sweet<ul><li>or pears</li></ul></li><li>A knife, a board and a string</li></ul>
<p>Some people add cinnamon. My grandmother, who dried forty kilos a year, said that this is what one does to bad apples.</p>
<blockquote><p>A good apple needs nothing but a knife and a warm room, and somebody who waits for it.</p></blockquote>
<table><tr><th>Thickness</th><th>Hours</th></tr><tr><td>3 mm</td><td>10</td></tr><tr><td>5 mm</td><td>16</td></tr></table>
<p>Turn the slices once. They are done when they bend and do not break, and no drop of water comes out at the bend.</p>
</article>";

#[test]
fn markdown_keeps_the_form_of_a_page() {
    let run = Command::cargo_bin("dehusk").unwrap().args(["clean", "--format", "md", "-"]).write_stdin(PAGE).assert();
    let out = String::from_utf8(run.success().get_output().stdout.clone()).unwrap();
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines[0], "# Drying apples");
    for line in [
        "## What you need",
        "- Two kilos of apples that are neither soft nor very sweet",
        "  - or pears",
        "- A knife, a board and a string",
        "> A good apple needs nothing but a knife and a warm room, and somebody who waits for it.",
        "| Thickness | Hours |",
        "| --- | --- |",
        "| 3 mm | 10 |",
    ] {
        assert!(lines.contains(&line), "{line} is not in\n{out}");
    }
}
