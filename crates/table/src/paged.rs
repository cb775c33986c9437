//! A growable vector in pages that a frozen copy may share.
//!
//! It is for rows in the millions that are changed by one thread while another writes a snapshot of
//! them. It must never move an item because of growth, and never copy more than one page at once.

use std::sync::Arc;

/// Items in a page: with rows of 32 to 128 bytes a page is 4 to 16 KiB, so that copying a shared one
/// takes about a microsecond, and freezing a million rows clones 8 thousand pointers.
pub const PAGE_ITEMS: usize = 128;

/// At most [`PAGE_ITEMS`] items, in an allocation that always has room for all of them.
#[derive(Debug)]
struct Page<T>(Vec<T>);

impl<T> Page<T> {
    fn new() -> Self {
        Self(Vec::with_capacity(PAGE_ITEMS))
    }
}

impl<T: Clone> Clone for Page<T> {
    /// A cloned `Vec` keeps no spare capacity, so the pushes after it would move the items, time and
    /// again.
    fn clone(&self) -> Self {
        let mut page = Self::new();
        page.0.extend_from_slice(&self.0);
        page
    }
}

/// What a [`Paged`] held when it was frozen; it never changes.
///
/// Cloning one costs a pointer per page. The last owner of a page frees it, so dropping a `Frozen`
/// may free pages that have since been replaced: drop it where that time is not missed.
#[derive(Debug)]
pub struct Frozen<T> {
    pages: Vec<Arc<Page<T>>>,
    len: usize,
}

impl<T> Frozen<T> {
    /// How many items there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The item at `index`, if there are that many.
    #[inline]
    pub fn get(&self, index: usize) -> Option<&T> {
        self.pages.get(index / PAGE_ITEMS)?.0.get(index % PAGE_ITEMS)
    }

    /// All items, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + Clone {
        self.pages.iter().flat_map(|page| page.0.iter())
    }

    /// The items from `index` on, in order; none if there are fewer. Skipping costs nothing.
    pub fn iter_from(&self, index: usize) -> impl Iterator<Item = &T> + Clone {
        let pages = self.pages.get(index / PAGE_ITEMS..).unwrap_or_default();
        pages.iter().flat_map(|page| page.0.iter()).skip(index % PAGE_ITEMS)
    }
}

impl<T> Clone for Frozen<T> {
    fn clone(&self) -> Self {
        Self { pages: self.pages.clone(), len: self.len }
    }
}

/// A growable vector in pages of [`PAGE_ITEMS`], copied page by page while a [`Frozen`] shares them.
///
/// Cloning one is as cheap as freezing it.
#[derive(Debug, Clone)]
pub struct Paged<T> {
    /// The live items: as long as no one else holds its pages, they are changed in place.
    items: Frozen<T>,
}

impl<T> Default for Paged<T> {
    fn default() -> Self {
        Self { items: Frozen { pages: Vec::new(), len: 0 } }
    }
}

impl<T> Paged<T> {
    /// An empty one, which allocates nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty one with room for the pointers to the pages of `items`; pages are allocated as they
    /// fill.
    pub fn with_capacity(items: usize) -> Self {
        let pages = Vec::with_capacity(items.div_ceil(PAGE_ITEMS));
        Self { items: Frozen { pages, len: 0 } }
    }

    /// How many items there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.items.len
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.items.len == 0
    }

    /// The item at `index`, if there are that many.
    #[inline]
    pub fn get(&self, index: usize) -> Option<&T> {
        self.items.get(index)
    }

    /// All items, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + Clone {
        self.items.iter()
    }

    /// The items from `index` on, in order; none if there are fewer. Skipping costs nothing.
    pub fn iter_from(&self, index: usize) -> impl Iterator<Item = &T> + Clone {
        self.items.iter_from(index)
    }

    /// What it holds now, for another thread to read. Costs a pointer per page.
    pub fn freeze(&self) -> Frozen<T> {
        self.items.clone()
    }
}

impl<T: Clone> Paged<T> {
    /// The item at `index`, to change. Copies its page first if a [`Frozen`] shares it.
    #[inline]
    pub fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        if index >= self.items.len {
            return None;
        }
        let page = self.items.pages.get_mut(index / PAGE_ITEMS)?;
        Arc::make_mut(page).0.get_mut(index % PAGE_ITEMS)
    }

    /// Adds an item at the end; the others stay where they are.
    #[inline]
    pub fn push(&mut self, item: T) {
        if self.items.len.is_multiple_of(PAGE_ITEMS) {
            self.items.pages.push(Arc::new(Page::new()));
        }
        let page = self.items.pages.last_mut().expect("the last page has room for the item");
        Arc::make_mut(page).0.push(item);
        self.items.len += 1;
    }

    /// Takes the last item away.
    #[inline]
    pub fn pop(&mut self) -> Option<T> {
        let page = Arc::make_mut(self.items.pages.last_mut()?);
        let item = page.0.pop();
        if page.0.is_empty() {
            self.items.pages.pop();
        }
        self.items.len -= 1;
        item
    }

    /// Takes the item at `index` away and puts the last one in its place.
    #[inline]
    pub fn swap_remove(&mut self, index: usize) -> Option<T> {
        if index >= self.items.len {
            return None;
        }
        let last = self.pop()?;
        match self.get_mut(index) {
            Some(item) => Some(std::mem::replace(item, last)),
            None => Some(last),
        }
    }
}
