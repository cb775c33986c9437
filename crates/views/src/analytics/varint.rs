//! Numbers of as many bytes as they need: seven bits each, the least first, as in protobuf.

/// Bytes of the longest number of 64 bits.
const SHORT_BYTES: usize = 10;

pub(super) fn write_varint(out: &mut Vec<u8>, mut value: u128) {
    if let Ok(short) = u64::try_from(value) {
        return write_u64(out, short);
    }
    while value > 0x7f {
        out.push(low_bits(u64::try_from(value & 0x7f).unwrap_or_default()) | 0x80);
        value >>= 7;
    }
    out.push(low_bits(u64::try_from(value).unwrap_or_default()));
}

/// The same of what is at most 64 bits, as nearly all is: in one piece.
fn write_u64(out: &mut Vec<u8>, mut value: u64) {
    let mut bytes = [0; SHORT_BYTES];
    let mut count = 0;
    for byte in &mut bytes {
        count += 1;
        *byte = low_bits(value);
        value >>= 7;
        if value == 0 {
            break;
        }
        *byte |= 0x80;
    }
    out.extend_from_slice(bytes.get(..count).unwrap_or_default());
}

const fn low_bits(value: u64) -> u8 {
    (value & 0x7f) as u8
}

/// Takes a number from the front; `None` if there is none.
pub(super) fn read_varint(bytes: &mut &[u8]) -> Option<u128> {
    let (mut value, mut shift) = (0_u64, 0);
    for (at, byte) in bytes.iter().take(SHORT_BYTES - 1).enumerate() {
        value |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            *bytes = bytes.get(at + 1..)?;
            return Some(value.into());
        }
    }
    *bytes = bytes.get(SHORT_BYTES - 1..)?;
    let mut value = u128::from(value);
    for shift in (shift..128).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u128::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// The same of what is at most 64 bits.
pub(super) fn read_u64(bytes: &mut &[u8]) -> Option<u64> {
    u64::try_from(read_varint(bytes)?).ok()
}

/// A number of either sign as one of none: small ones stay small.
pub(super) const fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

pub(super) const fn unzigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -((value & 1).cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_were_written() {
        let mut bytes = Vec::new();
        let short = (0..128).map(|bit| 1_u128 << bit);
        let numbers = [0, 127, 128, u64::MAX.into(), u128::MAX].into_iter().chain(short);
        let numbers: Vec<u128> = numbers.collect();
        for number in &numbers {
            write_varint(&mut bytes, *number);
        }
        let mut rest = bytes.as_slice();
        for number in numbers {
            assert_eq!(read_varint(&mut rest), Some(number));
        }
        assert_eq!(read_varint(&mut rest), None);
        for number in [0, 1, -1, i64::MAX, i64::MIN] {
            assert_eq!(unzigzag(zigzag(number)), number);
        }
    }
}
