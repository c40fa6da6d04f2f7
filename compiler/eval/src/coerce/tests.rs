use super::*;
use crate::state::{Eval, Role};
use crate::{Env, FileError, Options};
use kss_ir::{Expr, ExprKind, FieldSig, InfixOp, Program, RecordDef, RecordId, Refine, UnionDef};
use kss_span::ItemId;
use kss_value::ScopeKey;
use kss_value::ScopeKind;
use std::sync::Arc;

struct World(Program);

impl Env for World {
    fn program(&self) -> &Program {
        &self.0
    }

    fn read(&self, path: &str) -> Result<Arc<[u8]>, FileError> {
        Err(FileError { message: format!("there is no `{path}`") })
    }

    fn locked(&self, _: &str) -> Option<Arc<str>> {
        None
    }

    fn locked_image(&self, _: &str) -> Option<String> {
        None
    }

    fn public_key(&self, _: &str, _: &str) -> Option<String> {
        None
    }
}

fn item() -> ItemId {
    ItemId::new("t.kss".into(), "type T".into())
}

fn at(node: u32) -> Origin {
    Origin::new(item(), node)
}

fn id(node: u32) -> RecordId {
    RecordId { item: item(), node }
}

fn expr(kind: ExprKind) -> Expr {
    Expr { node: 90, kind: Box::new(kind) }
}

fn field(name: &str, ty: Ty, default: Option<Expr>) -> FieldSig {
    FieldSig {
        name: name.into(),
        ty,
        origin: at(50),
        doc: None,
        private: false,
        has_default: default.is_some(),
        default: default.map(Arc::new),
        refine: None,
        listed: Vec::new(),
    }
}

/// `type Endpoint { port : Port, twice : Int = port + port, mode : on | off = on }`, `type Port = Int where it <= 9`
fn world() -> World {
    let mut program = Program::default();
    let port = |e: &str| expr(ExprKind::SelfField(e.into()));
    let twice = ExprKind::Infix { op: InfixOp::Add, left: port("port"), right: port("port"), union: None };
    let on = ExprKind::Case { name: "on".into(), payload: None };
    let int = Ty::Scalar(ScalarType::Int);
    let fields = vec![
        field("port", Ty::Refined(Arc::new(int.clone()), id(3)), None),
        field("twice", int, Some(expr(twice))),
        field("mode", Ty::Union(id(2)), Some(expr(on))),
    ];
    let record = RecordDef {
        id: id(1),
        name: "Endpoint".into(),
        fields,
        lets: Vec::new(),
        fns: Vec::new(),
        bases: Vec::new(),
        checks: Vec::new(),
        open: false,
    };
    program.records.insert(id(1), Arc::new(record));
    let case = |name: &str| Alternative::Case { name: name.into(), payload: None, doc: None };
    let union = UnionDef { id: id(2), name: "Mode".into(), alternatives: vec![case("on"), case("off")] };
    program.unions.insert(id(2), Arc::new(union));
    let nine = expr(ExprKind::Const(Value::int(9, at(0))));
    let cond = ExprKind::Infix { op: InfixOp::Le, left: expr(ExprKind::Local(0)), right: nine, union: None };
    let refine = Refine { origin: at(3), cond: expr(cond), message: None, locals: 1, besides: None };
    program.refinements.insert(id(3), Arc::new(refine));
    World(program)
}

/// The value as `ty`, and the codes of what is wrong with it.
fn convert(value: &Value, ty: Ty) -> (String, Vec<&'static str>) {
    let world = world();
    let ty = Box::leak(Box::new(ty));
    let mut eval = Eval::new(&world, Options::default(), Role::Site, "home".into(), Vec::new());
    let site = ScopeKey { kind: ScopeKind::Site, outer: "home".into(), name: "home".into(), variant: 0 };
    let value = eval.convert(value, ty, &Cx::new(item(), site), at(99));
    let reports = std::mem::take(&mut eval.reports).finish();
    (format!("{value:?}"), reports.iter().map(|r| r.diagnostic.code.id).collect())
}

fn text(text: &str) -> Value {
    Value::text(text, at(1))
}

fn record(fields: &[(&str, Value)]) -> Value {
    Value::record(fields.iter().map(|(k, v)| (Symbol::new(k), v.clone())).collect(), at(1))
}

#[test]
fn data_takes_the_form_of_a_record_with_its_defaults() {
    let (value, codes) = convert(&record(&[("port", Value::int(4, at(1))), ("mode", text("off"))]), Ty::Record(id(1)));
    assert_eq!(value, r#"{"mode": Case("off", None), "port": Int(4), "twice": Int(8)}"#);
    assert!(codes.is_empty(), "{codes:?}");
}

#[test]
fn a_missing_and_an_unknown_field_are_named() {
    let (_, codes) = convert(&record(&[("prt", Value::int(4, at(1)))]), Ty::Record(id(1)));
    assert_eq!(codes, ["K0202", "K0203"]);
}

#[test]
fn a_condition_of_a_type_holds_inside() {
    let list = Value::list(vec![record(&[("port", Value::int(10, at(1)))])], at(1));
    let (_, codes) = convert(&list, Ty::List(Arc::new(Ty::Record(id(1)))));
    assert_eq!(codes, ["K0401"]);
}

#[test]
fn texts_become_scalars_and_cases() {
    let ip = Ty::Scalar(ScalarType::Ip);
    assert_eq!(convert(&text("10.0.0.1"), ip.clone()), ("Ip(10.0.0.1)".to_owned(), vec![]));
    assert_eq!(convert(&text("10.0.0.300"), ip).1, ["K0401"]);
    assert_eq!(convert(&text("onn"), Ty::Union(id(2))).1, ["K0212"]);
    assert_eq!(convert(&Value::bool(true, at(1)), Ty::Union(id(2))).1, ["K0301"]);
}

#[test]
fn absent_is_absent_where_it_may_be() {
    let ty = Ty::Optional(Arc::new(Ty::Scalar(ScalarType::Int)));
    assert_eq!(convert(&Value::null(at(1)), ty).0, "None");
    assert_eq!(convert(&Value::null(at(1)), Ty::Scalar(ScalarType::Int)).1, ["K0301"]);
}

#[test]
fn cases_are_texts_in_data() {
    let value = record(&[("mode", Value::case("on".into(), None, at(1)))]);
    assert_eq!(convert(&value, Ty::Data).0, r#"{"mode": Text("on")}"#);
}
