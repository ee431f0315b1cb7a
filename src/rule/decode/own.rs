//! Prefixes that a configuration adds, in the disguises that need no table:
//! split or escaped behind the prefix, in base64, in hex.

use super::{Plain, base64, hex, spelled};

/// A prefix, and how it looks in disguise.
#[derive(Clone, Debug)]
pub struct Own {
    prefix: Vec<u8>,
    images: Vec<(Vec<u8>, Form)>,
}

#[derive(Clone, Copy, Debug)]
enum Form {
    /// So many characters of the group stand before the image.
    Base64(usize),
    Hex,
}

impl Own {
    pub fn new(prefix: &str) -> Own {
        let prefix = prefix.as_bytes().to_vec();
        let mut images = Vec::new();
        for before in 0..3 {
            let text = [&vec![0; before][..], &prefix].concat();
            let whole = data_encoding::BASE64.encode(&text).into_bytes();
            // Characters that other bytes have a part in are not the prefix's own.
            let first = (8 * before).div_ceil(6);
            let image = whole[first..8 * text.len() / 6].to_vec();
            images.push((image, Form::Base64(first)));
        }
        let digits = data_encoding::HEXLOWER.encode(&prefix);
        images.push((digits.to_ascii_uppercase().into_bytes(), Form::Hex));
        images.push((digits.into_bytes(), Form::Hex));
        Own { prefix, images }
    }

    /// What to look for beside the prefix itself.
    pub fn anchors(&self) -> impl Iterator<Item = &[u8]> {
        self.images.iter().map(|(image, _)| &image[..])
    }

    /// The token that begins at `start`, or whose image does.
    pub fn reveal(&self, bytes: &[u8], start: usize) -> Option<Plain> {
        let rest = &bytes[start..];
        if rest.starts_with(&self.prefix) {
            return spelled(bytes, start, &self.prefix);
        }
        let mut images = self.images.iter();
        let (_, form) = images.find(|(image, _)| rest.starts_with(image))?;
        match form {
            Form::Base64(before) => base64(bytes, start.checked_sub(*before)?, &self.prefix),
            Form::Hex => hex(bytes, start, false),
        }
    }
}
