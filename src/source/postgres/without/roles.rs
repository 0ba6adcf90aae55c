//! The roles that a statement of a dump names beside the owner of what it makes: whom something is
//! granted to or taken from, whom a policy holds for, whose user mapping it is. As `pg_dump` writes
//! them; never asks a server.

use crate::source::postgres::statement::name;

/// How a statement begins that may name one.
pub(super) const STARTS: [&[u8]; 5] =
    [b"GRANT ", b"REVOKE ", b"ALTER DEFAULT PRIVILEGES ", b"CREATE POLICY ", b"CREATE USER MAPPING "];
/// Everybody, who is no role.
const EVERYBODY: &[u8] = b"PUBLIC";

/// Those that this statement names.
pub(super) fn named(text: &[u8]) -> Vec<String> {
    if text.starts_with(b"CREATE POLICY ") {
        return of_policy(text).unwrap_or_default();
    }
    if let Some(rest) = text.strip_prefix(b"CREATE USER MAPPING FOR ") {
        return list(rest);
    }
    let defaults = text.strip_prefix(b"ALTER DEFAULT PRIVILEGES FOR ROLE ");
    let is_given = defaults.is_some() || text.starts_with(b"GRANT ") || text.starts_with(b"REVOKE ");
    // What is given stands before whom it is given to, and a name before the last of these is none of his.
    let to = [&b" TO "[..], b" FROM "]
        .into_iter()
        .filter_map(|word| memchr::memmem::rfind(text, word).map(|at| at + word.len()));
    let given = to.max().filter(|_| is_given).map(|at| list(&text[at..]));
    defaults.map(list).into_iter().chain(given).flatten().collect()
}

fn of_policy(text: &[u8]) -> Option<Vec<String>> {
    let (_, rest) = name(text.strip_prefix(b"CREATE POLICY ")?)?;
    let (_, rest) = name(rest.strip_prefix(b" ON ")?)?;
    let (_, rest) = name(rest.strip_prefix(b".")?)?;
    // Its conditions come last, and may hold any text.
    let ends = [&b" USING ("[..], b" WITH CHECK ("].into_iter().filter_map(|word| memchr::memmem::find(rest, word));
    let rest = &rest[..ends.min().unwrap_or(rest.len())];
    Some(list(&rest[memchr::memmem::find(rest, b" TO ")? + 4..]))
}

fn list(mut text: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    while let Some((role, rest)) = name(text) {
        if !text.starts_with(EVERYBODY) {
            names.push(role);
        }
        match rest.strip_prefix(b", ") {
            Some(more) => text = more,
            None => break,
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("GRANT SELECT ON TABLE public.a TO web", &["web"])]
    #[case("GRANT SELECT(id),UPDATE(\"a TO b\") ON TABLE public.a TO \"odd, \"\" name\" WITH GRANT OPTION", &["odd, \" name"])]
    #[case("GRANT ALL ON SCHEMA public TO PUBLIC", &[])]
    #[case("REVOKE ALL ON FUNCTION public.f() FROM PUBLIC", &[])]
    #[case("REVOKE USAGE ON SCHEMA public FROM \"PUBLIC\"", &["PUBLIC"])]
    #[case("ALTER DEFAULT PRIVILEGES FOR ROLE app IN SCHEMA public GRANT SELECT ON TABLES TO web", &["app", "web"])]
    #[case("ALTER DEFAULT PRIVILEGES FOR ROLE app REVOKE ALL ON FUNCTIONS FROM PUBLIC", &["app"])]
    #[case("CREATE POLICY p ON public.a AS RESTRICTIVE FOR SELECT TO web, \"b c\" USING ((x = ' TO nobody '::text))", &["web", "b c"])]
    #[case("CREATE POLICY p ON public.a USING ((x = ' TO nobody '::text))", &[])]
    #[case("CREATE POLICY p ON public.a FOR INSERT TO web WITH CHECK (true)", &["web"])]
    #[case("CREATE USER MAPPING FOR web SERVER s OPTIONS (", &["web"])]
    #[case("CREATE USER MAPPING FOR PUBLIC SERVER s", &[])]
    #[case("ALTER TABLE public.a OWNER TO web", &[])]
    fn the_roles_of_a_statement(#[case] text: &str, #[case] roles: &[&str]) {
        assert_eq!(named(text.as_bytes()), roles);
    }
}
