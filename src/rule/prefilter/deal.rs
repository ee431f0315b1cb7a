//! Which window of each anchor a filter looks for, and in which bucket.

use super::frequency::gram;
use super::{Anchor, WINDOW};

/// What a filter can say of the windows in a bucket.
pub(super) trait Mould {
    /// What the windows of some anchors have in common.
    type Form: Copy + Default;

    fn of(&self, anchor: &Anchor, offset: usize) -> Self::Form;

    /// Of both, and how likely a position of some text is a candidate for it.
    fn joined(&self, a: &Self::Form, b: &Self::Form) -> (Self::Form, f32);
}

/// A window for each anchor, and the anchors dealt into `count` buckets, so that few positions of a text are candidates.
pub(super) fn deal<M: Mould>(
    mould: &M,
    anchors: &[Anchor],
    count: usize,
) -> (Vec<usize>, Vec<M::Form>) {
    // By anchor, the rarest first: by how often text has the window, its offset and its form.
    let forms: Vec<Vec<(f32, usize, M::Form)>> = anchors
        .iter()
        .map(|anchor| {
            let form = |o| (gram(anchor.window(o)), o, mould.of(anchor, o));
            let mut forms: Vec<_> = anchor.offsets().map(form).collect();
            forms.sort_by(|a, b| a.0.total_cmp(&b.0));
            forms
        })
        .collect();
    // The anchors that cost most whatever is done choose their places first.
    let nothing = M::Form::default();
    let mut order: Vec<(f32, usize)> = forms
        .iter()
        .enumerate()
        .map(|(index, forms)| {
            let least = forms
                .iter()
                .map(|(_, _, form)| mould.joined(&nothing, form).1)
                .fold(f32::INFINITY, f32::min);
            (least, index)
        })
        .collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut buckets = vec![(nothing, 0.0); count];
    let mut windows = vec![0; anchors.len()];
    for (_, index) in order {
        let mut best = (f32::INFINITY, 0, 0, nothing, 0.0);
        for &(common, offset, ref form) in &forms[index] {
            if common >= best.0 {
                // No bucket costs less for another window in it.
                break;
            }
            for (bucket, (of, cost)) in buckets.iter().enumerate() {
                let (merged, new) = mould.joined(of, form);
                let price = new - cost + common;
                if price < best.0 {
                    best = (price, bucket, offset, merged, new);
                }
            }
        }
        let (_, bucket, offset, merged, cost) = best;
        buckets[bucket] = (merged, cost);
        windows[index] = offset;
    }
    let forms = buckets.into_iter().map(|(form, _)| form).collect();
    (windows, forms)
}

/// The bytes that stand for the window's byte in this place; all of them where it ends before.
pub(super) fn bytes_at(anchor: &Anchor, offset: usize, place: usize) -> Option<[u8; 2]> {
    debug_assert!(place < WINDOW);
    let &byte = anchor.window(offset).get(place)?;
    Some(match anchor.ignore_case && byte.is_ascii_alphabetic() {
        true => [byte, byte ^ super::CASE],
        false => [byte, byte],
    })
}
