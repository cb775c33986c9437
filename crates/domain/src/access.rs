//! Who acts, and what they may see.

/// Somebody who acts, numbered from 0 in the order of creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PrincipalId(pub u32);

impl PrincipalId {
    /// The network itself: fires timers and makes the first key. No key can speak for it.
    pub const NETWORK: Self = Self(0);

    /// As an index into a dense table.
    #[inline]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// An API key, numbered from 0 in the order of creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub u32);

impl KeyId {
    /// As an index into a dense table.
    #[inline]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a principal may do; the table is in the ledger's `access`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Everything, keys and credits included.
    Admin,
    /// Posts for any party, but makes neither keys nor credits.
    Operator,
    /// Reads.
    Viewer,
}

/// What a reader may see. Every query of a view takes one, so that none can forget to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The whole network: administrators, operators and viewers.
    Network,
}

impl Role {
    /// What this role may see.
    pub const fn scope(self) -> Scope {
        match self {
            Self::Admin | Self::Operator | Self::Viewer => Scope::Network,
        }
    }
}
