//! How many of something there are, and the sum of their hashes modulo 2^128: the same in whatever
//! order they come, and other than under xor two equal ones do not cancel.

use crate::domain::manifest::{ObjectSum, RowSum};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sum {
    count: u64,
    sum: u128,
}

impl Sum {
    pub(super) fn add(&mut self, hash: u128) {
        self.count += 1;
        self.sum = self.sum.wrapping_add(hash);
    }

    pub(super) fn of_rows(self) -> RowSum {
        RowSum::new(self.count, self.sum)
    }

    pub(super) fn of_objects(self) -> ObjectSum {
        ObjectSum::new(self.count, self.sum)
    }
}
