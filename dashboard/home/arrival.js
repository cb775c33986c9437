// Whether the focus goes to the panel that a selection opens. The panel is the last thing of the page:
// from nowhere, or by keyboard, it would be far away. A hand's click leaves the focus where it is.

/** A pick in the search, which may be on another address than the panel. */
let isPicked = false;

/** Something was picked: the next panel has the focus. */
export function picked() {
  isPicked = true;
}

/** Whether something was picked since the last call. */
export function takePicked() {
  const was = isPicked;
  isPicked = false;
  return was;
}

/** @param {{ isPicked: boolean, isFirst: boolean, isNowhere: boolean, isByKeyboard: boolean }} how `isFirst`: the page begins with it */
export function isForPanel(how) {
  return how.isPicked || (!how.isFirst && (how.isNowhere || how.isByKeyboard));
}
