//! Completions and manual pages: what is there, and what is hidden from them.

use assert_cmd::Command;
use std::fs;

const COMMANDS: [&str; 5] = ["clean", "rules", "eval", "completions", "man"];

fn completions(shell: &str) -> String {
    let mut command = Command::cargo_bin("dehusk").unwrap();
    let script = command.args(["completions", shell]).assert().success().get_output().stdout.clone();
    String::from_utf8(script).unwrap()
}

#[test]
fn the_scripts_of_all_shells_name_the_commands_and_nothing_hidden() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = completions(shell);
        for command in COMMANDS {
            assert!(script.contains(command), "{shell} has no {command}");
        }
        assert!(script.contains("captions"), "{shell} has no options");
        for hidden in ["line-features", "models", "Write the feature rows"] {
            assert!(!script.contains(hidden), "{shell} has {hidden}");
        }
    }
}

#[cfg(unix)]
#[test]
fn bash_completes_commands_and_options() {
    let Ok(bash) = std::process::Command::new("bash").arg("--version").output() else {
        return eprintln!("not run: there is no bash");
    };
    assert!(bash.status.success());
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("dehusk.bash");
    fs::write(&script, completions("bash")).unwrap();
    let complete = |words: &str| {
        let ask = format!(
            "set -e; source '{}'; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); \
             _dehusk dehusk \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD-1]}}\"; echo \"${{COMPREPLY[@]}}\"",
            script.display()
        );
        let mut command = Command::new("bash");
        let output = command.args(["-c", &ask]).assert().success().get_output().stdout.clone();
        String::from_utf8(output).unwrap()
    };
    assert_eq!(complete("dehusk ru"), "rules\n");
    assert_eq!(complete("dehusk clean --capt"), "--captions\n");
    assert_eq!(complete("dehusk rules sh"), "show\n");
}

#[test]
fn the_manual_has_a_page_for_each_command() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man/man1");
    Command::cargo_bin("dehusk").unwrap().arg("man").arg(&pages).assert().success();
    let read = |name: &str| fs::read_to_string(pages.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    for command in COMMANDS {
        assert!(read("dehusk.1").contains(&format!("dehusk\\-{command}")), "{command}");
        assert!(read(&format!("dehusk-{command}.1")).starts_with(".ie"), "{command}");
    }
    assert!(read("dehusk-clean.1").contains("captions"));
    assert!(!read("dehusk-clean.1").contains("models"));
    let names: Vec<_> = fs::read_dir(&pages).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(names.iter().all(|name| !name.to_string_lossy().contains("features")), "{names:?}");
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let mut command = Command::cargo_bin("dehusk").unwrap();
    let said = command.arg("man").arg(file.join("man1")).assert().code(2).get_output().stderr.clone();
    assert!(String::from_utf8_lossy(&said).contains("cannot write the pages to"));
}
