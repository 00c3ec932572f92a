//! Files that once broke a reader, and some that lead far into one, in the form in which the fuzzer gives them: they are
//! read without a panic, without circles, and tell nothing that cannot be.

#[path = "../../fuzz/src/drive.rs"]
mod drive;

use std::path::Path;
use std::{error, fs, panic};

use quayside_inspect::Format;

#[test]
fn what_once_broke_a_reader_breaks_it_no_more() -> Result<(), Box<dyn error::Error>> {
    let mut read = 0;
    for target in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/found"))? {
        let target = target?;
        let name = target.file_name().into_string().map_err(|name| format!("{}", name.display()))?;
        for case in fs::read_dir(target.path())? {
            let path = case?.path();
            let input = fs::read(&path)?;
            panic::catch_unwind(|| drive::run(&name, &input)).map_err(|_| format!("{}", path.display()))?;
            read += 1;
        }
    }
    assert!(read > 0, "there are such files");
    Ok(())
}

#[test]
fn the_fuzzer_knows_every_reader() {
    let dictionaries = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/dictionaries");
    for format in Format::ALL {
        let dictionary = dictionaries.join(format.reader()).with_extension("dict");
        assert!(dictionary.exists(), "{format:?} needs {}", dictionary.display());
    }
}
