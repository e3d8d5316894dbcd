//! The functions of the `.rhai` files, which every rule can call.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use rhai::{AST, Engine, Position, ScriptFuncDef};

use super::{
    Limits,
    engine::{self, Arities},
    names::{Known, Used, Walk},
    origin::Origin,
};
use crate::yaml::{Place, Problem, Problems, SourceFile};

/// Compiled `.rhai` files, with the interpreter that runs them. Clones share both.
#[derive(Clone)]
pub struct Scripts(Arc<Inner>);

struct Inner {
    engine: Engine,
    native: Arities,
    library: AST,
    defined: BTreeMap<String, Defined>,
    arities: Arities,
}

/// A function of a `.rhai` file.
struct Defined {
    file: Arc<SourceFile>,
    used: Used,
}

impl std::fmt::Debug for Scripts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.defined.keys()).finish()
    }
}

impl Scripts {
    /// Compiles files that hold functions and nothing else; `limits` hold for every evaluation of every rule.
    ///
    /// # Errors
    /// What is not Rhai, statements outside functions, names that are there twice or built in, and unknown names.
    pub fn compile(files: impl IntoIterator<Item = Arc<SourceFile>>, limits: Limits) -> Result<Self, Problems> {
        let engine = engine::for_series(limits);
        let native = engine::arities(&engine);
        let mut problems = Problems::default();
        let parsed: Vec<(Arc<SourceFile>, AST)> = files
            .into_iter()
            .filter_map(|file| Some((Arc::clone(&file), problems.take(parse(&engine, &file))?)))
            .collect();
        let (mut arities, mut places) = (Arities::new(), BTreeMap::new());
        for (file, ast) in &parsed {
            for function in ast.iter_fn_def() {
                let place = place_of(file, function);
                problems.take(unique(function, &place, &native, &mut places).map_err(Problems::from));
                arities.entry(function.name.to_string()).or_default().insert(function.params.len());
            }
        }
        let (mut library, mut defined) = (AST::empty(), BTreeMap::<String, Defined>::new());
        for (file, ast) in &parsed {
            for function in ast.iter_fn_def() {
                let used = problems.take(used_by(file, ast, function, &native, &arities)).unwrap_or_default();
                let entry = defined.entry(function.name.to_string());
                let file = Arc::clone(file);
                let entry = entry.or_insert_with(|| Defined { file, used: Used::default() });
                entry.used.functions.extend(used.functions);
                entry.used.measures.extend(used.measures);
                entry.used.labels.extend(used.labels);
            }
            library = library.merge(ast);
        }
        problems.into_result()?;
        Ok(Self(Arc::new(Inner { engine, native, library, defined, arities })))
    }

    /// Whether there is a function of this name, built in or not.
    #[must_use]
    pub fn has_function(&self, name: &str) -> bool {
        self.0.native.contains_key(name) || self.0.arities.contains_key(name)
    }

    /// The functions of the files that none of these names comes to call, each with its place.
    #[must_use]
    pub fn unreached(&self, names: &BTreeSet<String>) -> Vec<(&str, Place)> {
        let reached = self.reachable(names);
        let unreached = self.0.defined.iter().filter(|(name, _)| !reached.contains(*name));
        unreached.map(|(name, defined)| (name.as_str(), named_at(&defined.file, name))).collect()
    }

    /// Whether these names come to call a function of a file.
    #[must_use]
    pub fn uses(&self, file: &SourceFile, names: &BTreeSet<String>) -> bool {
        self.files(&self.reachable(names)).iter().any(|used| used.path == file.path)
    }

    pub(super) fn engine(&self) -> &Engine {
        &self.0.engine
    }

    pub(super) fn native(&self) -> &Arities {
        &self.0.native
    }

    pub(super) fn arities(&self) -> &Arities {
        &self.0.arities
    }

    /// An expression with the functions that it can call.
    pub(super) fn with_functions(&self, expression: &AST) -> AST {
        self.0.library.merge(expression)
    }

    /// Every function, built in or not, that these can come to call, themselves included.
    pub(super) fn reachable(&self, functions: &BTreeSet<String>) -> BTreeSet<String> {
        let mut reached = BTreeSet::new();
        let mut left: Vec<&String> = functions.iter().collect();
        while let Some(name) = left.pop() {
            if reached.insert(name.clone()) {
                left.extend(self.0.defined.get(name).into_iter().flat_map(|defined| &defined.used.functions));
            }
        }
        reached
    }

    /// The files that hold these functions, each once, in the order of their paths.
    pub(super) fn files(&self, functions: &BTreeSet<String>) -> Vec<&Arc<SourceFile>> {
        let files = functions.iter().filter_map(|name| self.0.defined.get(name)).map(|defined| &defined.file);
        files.map(|file| (&file.path, file)).collect::<BTreeMap<_, _>>().into_values().collect()
    }

    /// The measures that these functions ask for by name.
    pub(super) fn measures(&self, functions: &BTreeSet<String>) -> BTreeSet<&String> {
        self.used_by(functions).flat_map(|used| &used.measures).collect()
    }

    /// The labels that these functions name, whose values are compared apart.
    pub(super) fn labels(&self, functions: &BTreeSet<String>) -> BTreeSet<&String> {
        self.used_by(functions).flat_map(|used| &used.labels).collect()
    }

    fn used_by(&self, functions: &BTreeSet<String>) -> impl Iterator<Item = &Used> {
        functions.iter().filter_map(|name| self.0.defined.get(name)).map(|defined| &defined.used)
    }

    /// Where a position within a function is.
    pub(super) fn at(&self, function: &str, position: Position) -> Option<Place> {
        let defined = self.0.defined.get(function)?;
        Some(Origin::file(Place::start_of(&defined.file)).at(position, ""))
    }
}

fn parse(engine: &Engine, file: &Arc<SourceFile>) -> Result<AST, Problems> {
    let origin = Origin::file(Place::start_of(file));
    let ast = engine.compile(&file.text).map_err(|error| origin.refused(&error))?;
    match ast.statements().first() {
        Some(statement) => {
            let place = origin.at(statement.position(), "");
            Err(Problem::new(place, "only functions stand in a .rhai file")
                .hint("put it into `fn name(…) { … }`")
                .into())
        }
        None => Ok(ast),
    }
}

fn place_of(file: &Arc<SourceFile>, function: &ScriptFuncDef) -> Place {
    let place = Origin::file(Place::start_of(file)).at(function.body.start_position(), "");
    let before = file.text.get(..place.span.start).unwrap_or("");
    let Some(found) = before.rfind(&format!("fn {}", function.name)) else { return place };
    let start = found + "fn ".len();
    let line = before.get(..start).unwrap_or("").matches('\n').count() + 1;
    let column = before.get(..start).unwrap_or("").rsplit('\n').next().unwrap_or("").chars().count() + 1;
    Place { line, column, span: start..start + function.name.len(), ..place }
}

/// Where a function of this name is written.
fn named_at(file: &Arc<SourceFile>, name: &str) -> Place {
    let mut lines = file.text.lines().enumerate();
    let found = lines.find_map(|(at, line)| {
        let column = line.find(&format!("fn {name}("))? + "fn ".len() + 1;
        Some((at + 1, column))
    });
    found.map_or_else(|| Place::start_of(file), |(line, column)| Place::start_of(file).within(line, column))
}

/// A name has one meaning wherever it is called.
fn unique(
    function: &ScriptFuncDef,
    place: &Place,
    native: &Arities,
    places: &mut BTreeMap<String, Place>,
) -> Result<(), Problem> {
    let name = function.name.as_str();
    if native.contains_key(name) {
        return Err(Problem::new(place.clone(), format!("`{name}` is built in")).hint("choose another name"));
    }
    if function.this_type.is_some() {
        return Err(Problem::new(place.clone(), "functions of a type are not available here"));
    }
    match places.insert(name.to_owned(), place.clone()) {
        Some(first) => {
            let problem = Problem::new(place.clone(), format!("there is a function `{name}` already, at {first}"));
            Err(problem.hint("choose another name"))
        }
        None => Ok(()),
    }
}

fn used_by(
    file: &Arc<SourceFile>,
    ast: &AST,
    function: &ScriptFuncDef,
    native: &Arities,
    scripts: &Arities,
) -> Result<Used, Problems> {
    let origin = Origin::file(Place::start_of(file));
    let known = Known { what: "variable", variables: None, labels: None, absent: &[], measures: None, native, scripts };
    let mut walk = Walk::new(&known, &origin);
    let (name, count) = (function.name.as_str(), function.params.len());
    let mut alone = ast.clone_functions_only();
    alone.retain_functions(|_, _, other, params| other == name && params == count);
    walk.tree(&alone);
    walk.problems.into_result()?;
    Ok(walk.used)
}

#[cfg(test)]
mod tests {
    use crate::expr::{Limits, fixture::compile_scripts};

    fn problems(files: &[&str]) -> Vec<String> {
        let problems = compile_scripts(files, Limits::default()).expect_err("wrong");
        problems.lines()
    }

    #[test]
    fn mistakes_of_all_files_are_reported_where_they_stand() {
        assert_eq!(
            problems(&[
                "// Shares.\nfn share(a, b) {\n    a / (b + c)\n}\nfn late() { previos() }",
                "let x = 1;",
                "fn share(a) { a }",
                "fn mean(a) { a }",
                "fn broken( { }",
            ]),
            [
                "0.rhai:3:14: there is no variable `c` in this function (a function sees its parameters only: pass what it needs)",
                "0.rhai:5:13: there is no function `previos` (did you mean `previous`?)",
                "1.rhai:1:1: only functions stand in a .rhai file (put it into `fn name(…) { … }`)",
                "2.rhai:1:4: there is a function `share` already, at 0.rhai:2:4 (choose another name)",
                "3.rhai:1:4: `mean` is built in (choose another name)",
                "4.rhai:1:12: this is not Rhai: Expecting ')' to close the parameters list of function 'broken'",
            ]
        );
    }

    #[test]
    fn what_could_hide_a_failure_is_refused() {
        for (text, problem) in [
            ("fn f() { try { previous() } catch { 0 } }", "`try` is not available here"),
            ("fn f() { let g = Fn(\"abs\"); g.call(1) }", "there is no function `Fn`"),
            ("fn f() { eval(\"1\") }", "there is no function `eval`"),
            ("fn f(x) { x.g() } fn g() { this }", "`this` is not available here"),
            ("fn f(x) { x.g() } fn g() { 1 }", "functions of .rhai files are not methods"),
            ("fn f(a) { for (x, i) in a { return i; } }", "`for` with a counter is not available here"),
            ("fn f(m) { m[\"a\"] = 1; }", "a part of a list or map cannot be set here"),
            ("fn f(m) { m.a += 1; }", "a part of a list or map cannot be set here"),
            ("fn f(m) { m?.a }", "`?.` is not available here"),
            ("fn f() { ago(1, 2) }", "`ago` takes 1 argument, not 2"),
            ("fn f() { let g = || 1; g }", "not Rhai"),
            ("fn f() { value }", "there is no variable `value` in this function"),
            ("fn f() { fn g() { 1 } }", "not Rhai"),
        ] {
            let problems = problems(&[text]);
            assert!(problems.iter().any(|found| found.contains(problem)), "{text}: {problems:?}");
        }
    }
}
