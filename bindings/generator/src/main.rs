//! `tekram-bindgen LIBRARY OUT`: writes the Kotlin and Swift sources for a built `tekram_ffi` library. It reads what the
//! library says about itself, so what is generated is what the library has.

use std::process::ExitCode;

use uniffi_bindgen::bindings::{
    GenerateOptions, SwiftBindingsOptions, TargetLanguage, generate, generate_swift_bindings,
};

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (Some(library), Some(out), Some(config), None) = (args.next(), args.next(), args.next(), args.next()) else {
        eprintln!("tekram-bindgen LIBRARY OUT CONFIG");
        return ExitCode::from(2);
    };
    let kotlin = generate(GenerateOptions {
        languages: vec![TargetLanguage::Kotlin],
        source: library.clone().into(),
        out_dir: format!("{out}/kotlin").into(),
        config_override: Some(config.clone().into()),
        ..GenerateOptions::default()
    });
    let swift = || {
        generate_swift_bindings(SwiftBindingsOptions {
            generate_swift_sources: true,
            generate_headers: true,
            generate_modulemap: true,
            source: library.into(),
            out_dir: format!("{out}/swift").into(),
            module_name: Some("TekramFFI".to_owned()),
            modulemap_filename: Some("module.modulemap".to_owned()),
            config: Some(config.into()),
            ..SwiftBindingsOptions::default()
        })
    };
    match kotlin.and_then(|()| swift()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tekram-bindgen: {error:#}");
            ExitCode::FAILURE
        }
    }
}
