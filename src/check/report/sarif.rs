//! SARIF 2.1.0: one run with the rules that were found and one result a finding.
//!
//! Code scanning refuses a run with more than 5,000 results shown, so the first [`MAX_RESULTS`] stand in the file and a
//! notification says how many more there are. Columns are UTF-16 units, as `columnKind` says. The result's fingerprint
//! is that of the finding and does not change when its line moves.

use super::{Account, Reporter, sentence, uri};
use crate::check::Finding;
use serde_json::{Value, json};

/// Results that a report holds at most.
const MAX_RESULTS: usize = 4_900;

/// Collects the rules and the results: the rules stand first.
#[derive(Default)]
pub(super) struct Sarif {
    rules: Vec<(String, String)>,
    results: Vec<Value>,
    left_out: u64,
}

impl Sarif {
    fn rule_index(&mut self, finding: &Finding) -> usize {
        let known = self.rules.iter().position(|(rule, _)| *rule == finding.rule);
        known.unwrap_or_else(|| {
            self.rules.push((finding.rule.clone(), finding.message.clone()));
            self.rules.len() - 1
        })
    }

    fn notifications(&self, account: &Account) -> Vec<Value> {
        let notice = |level: &str, text: String| json!({ "level": level, "message": { "text": text } });
        let mut notices: Vec<Value> = Vec::new();
        if self.left_out > 0 {
            let text = format!("{} more findings are not in this report", self.left_out);
            notices.push(notice("warning", text));
        }
        let failed = account.failed.iter();
        notices.extend(failed.take(MAX_RESULTS).map(|f| notice("error", format!("{}: {}", f.path, f.message))));
        let stale = account.stale.iter();
        notices.extend(stale.take(MAX_RESULTS).map(|entry| {
            notice("note", format!("stale entry of the baseline: {}: {} {}", entry.path, entry.rule, entry.text))
        }));
        notices
    }
}

/// A rule as a viewer shows it.
fn descriptor((id, why): &(String, String)) -> Value {
    let keep = format!(
        "To keep a line, put it in a keep list. To turn the rule off, write `off = [\"{id}\"]` in dehusk.toml, or name it \
         there under a `[[path]]` for some files only."
    );
    json!({
        "id": id,
        "shortDescription": { "text": why },
        "fullDescription": { "text": why },
        "help": { "text": format!("{why}. {keep}"), "markdown": format!("{why}.\n\n{keep}") },
        "defaultConfiguration": { "level": "warning" },
        "properties": { "tags": [id.split('/').next().unwrap_or_default()] },
    })
}

impl Reporter for Sarif {
    fn finding(&mut self, finding: &Finding, _: &mut Vec<u8>) {
        if self.results.len() == MAX_RESULTS {
            self.left_out += 1;
            return;
        }
        let index = self.rule_index(finding);
        let mut place = json!({
            "artifactLocation": { "uri": uri(&finding.project_path), "uriBaseId": "%SRCROOT%" },
        });
        if !finding.is_record {
            place["region"] = json!({
                "startLine": finding.start.line,
                "startColumn": finding.start.utf16,
                "endLine": finding.end.line,
                "endColumn": finding.end.utf16,
                "snippet": { "text": finding.text },
            });
        }
        self.results.push(json!({
            "ruleId": finding.rule,
            "ruleIndex": index,
            "level": "warning",
            "message": { "text": sentence(finding) },
            "locations": [{ "physicalLocation": place }],
            "partialFingerprints": { "dehusk/v1": finding.fingerprint },
        }));
    }

    fn finish(&mut self, account: &Account, out: &mut Vec<u8>) {
        let rules: Vec<Value> = self.rules.iter().map(descriptor).collect();
        let report = json!({
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": {
                    "driver": {
                        "name": "dehusk",
                        "version": env!("CARGO_PKG_VERSION"),
                        "semanticVersion": env!("CARGO_PKG_VERSION"),
                        "rules": rules,
                    },
                },
                "columnKind": "utf16CodeUnits",
                "invocations": [{
                    "executionSuccessful": account.failed.is_empty(),
                    "toolExecutionNotifications": self.notifications(account),
                }],
                "results": std::mem::take(&mut self.results),
                "properties": { "findings": account.findings, "forgiven": account.forgiven, "files": account.files },
            }],
        });
        serde_json::to_writer_pretty(&mut *out, &report).expect("strings and numbers always are JSON");
        out.push(b'\n');
    }
}

#[cfg(test)]
mod tests {
    use super::super::*;
    use serde_json::Value;

    fn run(findings: &[Finding], account: &Account) -> Value {
        let value: Value = serde_json::from_str(&report("sarif", findings, account)).unwrap();
        assert_eq!(value["version"], "2.1.0");
        value["runs"][0].clone()
    }

    #[test]
    fn a_result_names_rule_place_and_fingerprint() {
        let run = run(&[hard(), hard()], &Account::default());
        assert_eq!(run["columnKind"], "utf16CodeUnits");
        assert_eq!(run["tool"]["driver"]["rules"].as_array().unwrap().len(), 1);
        let result = &run["results"][1];
        let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!((&rule["id"], &result["ruleId"]), (&"login/log-in-en".into(), &"login/log-in-en".into()));
        assert!(rule["help"]["text"].as_str().unwrap().contains("off = [\"login/log-in-en\"]"));
        let location = &result["locations"][0]["physicalLocation"];
        assert_eq!(location["artifactLocation"]["uri"], "a%20b/50%25%2Cx%3Ay%0A.txt");
        assert_eq!((&location["region"]["startColumn"], &location["region"]["endColumn"]), (&6.into(), &33.into()));
        assert_eq!(result["partialFingerprints"]["dehusk/v1"], "f1");
    }

    #[test]
    fn past_the_bound_results_are_counted_only() {
        let run = run(&vec![hard(); 5_001], &Account { findings: 5_001, ..Account::default() });
        assert_eq!(run["results"].as_array().unwrap().len(), 4_900);
        let notice = &run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
        assert_eq!(notice, "101 more findings are not in this report");
        assert_eq!(run["properties"]["findings"], 5_001);
    }
}
