//! A growable vector in pages that a frozen copy may share.
//!
//! It is for rows in the millions that are changed by one thread while another writes a snapshot of
//! them. It must never move or copy more than one page at once, however large it is.

use std::sync::Arc;

/// Items in a page: with rows of 32 to 128 bytes a page is 4 to 16 KiB, so that copying a shared one
/// is no pause, and freezing a million rows clones no more than 8 thousand pointers.
pub const PAGE_ITEMS: usize = 128;

/// What a [`Paged`] held when it was frozen; it never changes.
///
/// Cloning one costs a pointer per page. The last owner of a page frees it, so dropping a `Frozen`
/// may free pages that have since been replaced: drop it where that time is not missed.
#[derive(Debug, Clone)]
pub struct Frozen<T> {
    /// Each has [`PAGE_ITEMS`] items, next to the count of its owners: one step to any of them.
    pages: Vec<Arc<[T]>>,
    /// The items after those, at most a page: a plain vector, so that a small one stays small.
    tail: Vec<T>,
}

impl<T> Frozen<T> {
    /// How many items there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.pages.len() * PAGE_ITEMS + self.tail.len()
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.pages.is_empty() && self.tail.is_empty()
    }

    /// The item at `index`, if there are that many.
    #[inline]
    pub fn get(&self, index: usize) -> Option<&T> {
        match self.pages.get(index / PAGE_ITEMS) {
            Some(page) => page.get(index % PAGE_ITEMS),
            None => self.tail.get(index - self.pages.len() * PAGE_ITEMS),
        }
    }

    /// All items, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + Clone {
        self.pages.iter().flat_map(|page| page.iter()).chain(&self.tail)
    }

    /// The items from `index` on, in order; none if there are fewer. Skipping costs nothing.
    pub fn iter_from(&self, index: usize) -> impl Iterator<Item = &T> + Clone {
        let first = self.pages.len().min(index / PAGE_ITEMS);
        let pages = self.pages[first..].iter();
        pages.flat_map(|page| page.iter()).chain(&self.tail).skip(index - first * PAGE_ITEMS)
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
        Self { items: Frozen { pages: Vec::new(), tail: Vec::new() } }
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
        let pages = Vec::with_capacity(items / PAGE_ITEMS);
        Self { items: Frozen { pages, tail: Vec::new() } }
    }

    /// How many items there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
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
}

impl<T: Clone> Paged<T> {
    /// What it holds now, for another thread to read. Costs a pointer per page, and a clone of the
    /// items that do not fill one.
    pub fn freeze(&self) -> Frozen<T> {
        self.items.clone()
    }

    /// Reads the count of owners that [`Self::get_mut`] will ask for, and decides nothing by it: see
    /// [`Index::touch`](crate::Index::touch).
    #[inline]
    pub fn touch_page(&self, index: usize) -> usize {
        self.items.pages.get(index / PAGE_ITEMS).map_or(0, Arc::strong_count)
    }

    /// The item at `index`, to change. Copies its page first if a [`Frozen`] shares it.
    #[inline]
    pub fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        let Frozen { pages, tail } = &mut self.items;
        let in_pages = pages.len() * PAGE_ITEMS;
        match pages.get_mut(index / PAGE_ITEMS) {
            Some(page) => Arc::make_mut(page).get_mut(index % PAGE_ITEMS),
            None => tail.get_mut(index - in_pages),
        }
    }

    /// Adds an item at the end. The others stay where they are, but for at most a page of them.
    #[inline]
    pub fn push(&mut self, item: T) {
        let Frozen { pages, tail } = &mut self.items;
        if tail.len() == PAGE_ITEMS {
            pages.push(tail.drain(..).collect());
        }
        tail.push(item);
    }

    /// Takes the last item away.
    #[inline]
    pub fn pop(&mut self) -> Option<T> {
        let Frozen { pages, tail } = &mut self.items;
        if tail.is_empty() {
            tail.extend_from_slice(&pages.pop()?);
        }
        tail.pop()
    }

    /// Takes the item at `index` away and puts the last one in its place.
    #[inline]
    pub fn swap_remove(&mut self, index: usize) -> Option<T> {
        if index >= self.len() {
            return None;
        }
        let last = self.pop()?;
        match self.get_mut(index) {
            Some(item) => Some(std::mem::replace(item, last)),
            None => Some(last),
        }
    }
}
