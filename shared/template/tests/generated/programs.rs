//! The functions and their routes, for those who run them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use quayside_template::{Function, Template};

/// All functions, by their names.
pub(crate) fn by_name(template: &Template) -> BTreeMap<&str, &Function> {
    template.functions.iter().map(|function| (function.name.as_str(), function)).collect()
}

/// Whether a route leads to the function; queues and schedules start the others.
pub(crate) fn answers_http(template: &Template, function: &Function) -> bool {
    template.routes.iter().any(|route| route.function == function.name)
}

/// The routes as `cargo lambda watch` reads them.
pub(crate) fn router(template: &Template) -> String {
    let mut paths = BTreeMap::<_, BTreeSet<_>>::new();
    for route in &template.routes {
        let text = format!(r#"{{ method = "{}", function = "{}" }}"#, route.method, route.function);
        paths.entry(&route.path).or_default().insert(text);
    }
    let mut text = String::new();
    for (path, routes) in paths {
        let routes = routes.into_iter().collect::<Vec<_>>().join(",\n    ");
        let routes = if routes.contains('\n') { format!("\n    {routes},\n") } else { routes };
        _ = writeln!(text, "\"{path}\" = [{routes}]");
    }
    text
}

/// The functions' crates as dependencies of the local system's.
pub(crate) fn dependencies(template: &Template) -> String {
    let line = |name| format!("{name} = {{ path = \"../functions/{name}\" }}\n");
    by_name(template).into_keys().map(line).collect()
}

/// The functions that answer HTTP as dependencies of `by`, which describes them.
pub(crate) fn described(template: &Template, by: &str) -> String {
    let line = |name| format!("{name} = {{ path = \"../{name}\" }}\n");
    answering(template).filter(|name| *name != by).map(line).collect()
}

/// What each function that answers HTTP says of its routes.
pub(crate) fn operations(template: &Template) -> String {
    let line = |name: &str| format!("        {}::operations(),\n", name.replace('-', "_"));
    answering(template).map(line).collect()
}

fn answering(template: &Template) -> impl Iterator<Item = &str> {
    by_name(template).into_iter().filter(|(_, function)| answers_http(template, function)).map(|(name, _)| name)
}

/// How the local system makes each function.
pub(crate) fn functions(template: &Template) -> String {
    let line = |(name, function): (&str, &Function)| {
        let kind = if answers_http(template, function) { "http" } else { "event" };
        format!("        \"{name}\" => {kind}_function!({}, variables),\n", name.replace('-', "_"))
    };
    by_name(template).into_iter().map(line).collect()
}

/// The methods that pages of other origins may use: those of all routes.
pub(crate) fn methods(template: &Template) -> String {
    let methods: BTreeSet<_> = template.routes.iter().map(|route| route.method.as_str()).collect();
    format!("      AllowMethods: [{}]\n", methods.into_iter().collect::<Vec<_>>().join(", "))
}
