//! Names of images.

/// `harbor.lab.example.com/apps/portal:v1@sha256:…` in its parts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Image<'a> {
    /// Registry and repository.
    pub name: &'a str,
    /// Behind the colon.
    pub tag: Option<&'a str>,
    /// Behind the `@`.
    pub digest: Option<&'a str>,
}

impl Image<'_> {
    /// The parts of `text`.
    pub fn parse(text: &str) -> Image<'_> {
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (text, None),
        };
        // A colon before a slash belongs to the port of the registry.
        match rest.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => Image { name, tag: Some(tag), digest },
            _ => Image { name: rest, tag: None, digest },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_come_apart() {
        let image = |name, tag, digest| Image { name, tag, digest };
        assert_eq!(Image::parse("busybox"), image("busybox", None, None));
        assert_eq!(Image::parse("r.test:5000/a/b"), image("r.test:5000/a/b", None, None));
        assert_eq!(Image::parse("r.test:5000/a/b:v1"), image("r.test:5000/a/b", Some("v1"), None));
        let all = image("r.test/a", Some("v1"), Some("sha256:ab"));
        assert_eq!(Image::parse("r.test/a:v1@sha256:ab"), all);
    }
}
