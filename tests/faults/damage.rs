//! Damaged inputs: what cannot be read whole is not written at all, and everything else is.

use super::site::{Ending, PAGES, Site, ensure, page, run};
use super::strace::sums_match;
use libtest_mimic::Completion;
use std::fs;
use std::io::Write;

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// The archive cut at 64 places, among good pages.
fn cut(ending: &str, packed: &[u8], least: usize) -> Ending {
    let site = Site::new()?;
    fs::create_dir(site.path("in/cut"))?;
    for place in 0..64 {
        let at = least + (packed.len() - 1 - least) * place / 63;
        fs::write(site.path(&format!("in/cut/{place}.txt.{ending}")), &packed[..at])?;
    }
    let ran = run(&mut site.clean(&["in", "-o", "out", "--quiet", "--summary", "summary.json"]))?;
    ran.ends_with(1)?;
    site.is_whole("out")?;
    sums_match(&site, "summary.json")?;
    let summary: serde_json::Value = serde_json::from_slice(&fs::read(site.path("summary.json"))?)?;
    ensure!(summary["failed"]["corrupt"] == 64, "failed: {}", summary["failed"]);
    ensure!(summary["pages"] == 64 + PAGES, "pages: {}", summary["pages"]);
    Ok(Completion::Completed)
}

/// From the third byte on: what is shorter is no gzip file.
pub fn gzip_cut() -> Ending {
    cut("gz", &gzip(page(1).as_bytes())?, 3)
}

pub fn zstd_cut() -> Ending {
    cut("zst", &zstd::encode_all(page(1).as_bytes(), 3)?, 4)
}
