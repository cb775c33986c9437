//! Who acts, and what they may see.

use crate::{Identifier, TraderId};

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

/// How the names of principals begin whom tokens speak for: then a dot and the subject itself, or a
/// hyphen and a digest of issuer and subject.
pub const TOKEN_PRINCIPAL: &str = "oidc";

/// Whether a principal of this name is one whom tokens speak for: no key is made for a new one.
pub fn is_token_principal(name: &Identifier) -> bool {
    let rest = name.as_str().strip_prefix(TOKEN_PRINCIPAL);
    rest.is_some_and(|rest| rest.starts_with(['.', '-']))
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
    /// Acts for its own accounts: takes open offers, proposes holds, accepts those of others.
    Trader,
    /// Reports of the shipments that its accounts carry.
    Carrier,
}

/// What a reader may see. Every query of a view takes one, so that none can forget to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope<'a> {
    /// The whole network: administrators, operators and viewers.
    Network,
    /// What is public (places, goods, names, offers), and what these accounts are part of.
    Accounts(&'a [TraderId]),
}

impl Scope<'_> {
    /// Whether everything may be seen.
    pub const fn is_network(self) -> bool {
        matches!(self, Self::Network)
    }

    /// Whether what concerns this account may be seen.
    pub fn sees(self, account: TraderId) -> bool {
        self.sees_any(&[account])
    }

    /// Whether what concerns one of these accounts may be seen.
    pub fn sees_any(self, accounts: &[TraderId]) -> bool {
        match self {
            Self::Network => true,
            Self::Accounts(own) => accounts.iter().any(|account| own.contains(account)),
        }
    }
}

impl Role {
    /// Whether its keys are bound to accounts, and see and do what concerns these alone.
    pub const fn has_accounts(self) -> bool {
        match self {
            Self::Trader | Self::Carrier => true,
            Self::Admin | Self::Operator | Self::Viewer => false,
        }
    }

    /// What a principal of this role with these accounts may see.
    pub const fn scope(self, accounts: &[TraderId]) -> Scope<'_> {
        if self.has_accounts() { Scope::Accounts(accounts) } else { Scope::Network }
    }
}
