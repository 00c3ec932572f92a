//! A corpus of files as ffmpeg writes them, every field of which is held against ffprobe.
//!
//! The files are made once, into `${XDG_CACHE_HOME:-~/.cache}/quayside/fixtures/corpus-…`. With `QUAYSIDE_WRITE_DOCS=1`
//! the comparison is written to `docs/INSPECTION.md`.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod change;
mod compare;
mod facts;
mod files;
mod make;
mod report;
mod source;

use std::panic::{self, AssertUnwindSafe};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs, thread};

use facts::Facts;
use files::Recipe;
use futures::executor::block_on;
use make::Corpus;
use quayside_inspect::{Budget, File, Media};
use source::{Cost, OnDisk};

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/INSPECTION.md");

/// One file, read.
struct Row {
    recipe: Recipe,
    size: u64,
    /// What ffprobe says, as it says it.
    probed: Facts,
    told: Facts,
    cost: Cost,
}

/// Reads a file. What is wrong with the result is in words.
fn row(corpus: &Corpus, recipe: Recipe) -> (Option<Row>, Vec<String>) {
    let source = OnDisk::open(&corpus.path(recipe.name));
    let size = source.size;
    let media = match block_on(inspect(&source)) {
        Ok(media) => media,
        Err(why) => return (None, vec![why]),
    };
    let probed = Facts::probed(&corpus.probe(recipe.name));
    let mut expected = probed.clone();
    expected.correct(&recipe.corrections, size, || corpus.packets(recipe.name));
    let (told, cost) = (Facts::of(&media), source.cost());
    let mut wrong = compare::differences(&recipe, &expected, &told);
    wrong.extend(compare::too_dear(&recipe, cost, size));
    (Some(Row { recipe, size, probed, told, cost }), wrong)
}

async fn inspect(source: &OnDisk) -> Result<Media, String> {
    let mut file = File::open(source, source.size, Budget::default()).await.map_err(|error| error.to_string())?;
    let format = file.format().ok_or("of no format that is known")?;
    file.inspect(format).await.map_err(|error| error.to_string())
}

#[test]
fn every_field_is_as_ffprobe_says_or_as_it_is_known_to_be() {
    let recipes = files::files();
    assert!(recipes.len() >= 60);
    let corpus = Corpus::of(&recipes);
    let next = AtomicUsize::new(0);
    let recipes: Vec<_> = recipes.into_iter().map(|recipe| Mutex::new(Some(recipe))).collect();
    let rows: Vec<_> = recipes.iter().map(|_| Mutex::new(None)).collect();
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(recipe) = recipes.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let index = recipes.iter().position(|other| std::ptr::eq(other, recipe)).unwrap();
                    let recipe = recipe.lock().unwrap().take().unwrap();
                    let name = recipe.name;
                    // Whatever is wrong with one file, the others are read too.
                    let row = panic::catch_unwind(AssertUnwindSafe(|| row(&corpus, recipe)));
                    let row = row.unwrap_or_else(|_| (None, vec!["could not be made or read".to_owned()]));
                    *rows[index].lock().unwrap() = Some((name, row));
                }
            });
        }
    });
    let mut complaints = Vec::new();
    let mut read = Vec::new();
    for cell in rows {
        let (name, (row, wrong)) = cell.into_inner().unwrap().unwrap();
        complaints.extend(wrong.into_iter().map(|wrong| format!("{name}: {wrong}")));
        read.extend(row);
    }
    assert!(complaints.is_empty(), "{} of them:\n{}", complaints.len(), complaints.join("\n"));
    if env::var_os("QUAYSIDE_WRITE_DOCS").is_some_and(|value| value == "1") {
        fs::write(DOCUMENT, report::document(&read)).unwrap();
    }
    let document = fs::read_to_string(DOCUMENT).unwrap();
    for row in &read {
        let name = format!("| `{}` |", row.recipe.name);
        assert!(document.contains(&name), "{} is not in docs/INSPECTION.md: write it anew", row.recipe.name);
    }
}
