//! The program from outside: whole command lines, what they print and how they end. The cases are in `tests/cmd`.

#[test]
fn commands() {
    trycmd::TestCases::new().case("tests/cmd/*.trycmd").run();
}
