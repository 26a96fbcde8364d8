// When the page is drawn: at most once a frame, and under load less often.

/** Of the page's time, drawing takes at most one part in so many. The rest is for the reader's hands, and for what else runs here. */
const PARTS = 4;

/**
 * Returns a function that asks for a draw. However often it is asked, there is one, in the next animation frame; a
 * hidden tab has none until it is looked at. After a draw that took long, the next is put off accordingly.
 */
export function oncePerFrame(draw) {
  let asked = false;
  let due = 0;
  const run = () => {
    asked = false;
    const begun = performance.now();
    draw();
    // By the next task the frame has been laid out and painted: that counts.
    setTimeout(() => {
      const now = performance.now();
      due = now + (PARTS - 1) * (now - begun);
    });
  };
  return () => {
    if (asked) return;
    asked = true;
    const wait = due - performance.now();
    if (wait < 16) requestAnimationFrame(run);
    else setTimeout(requestAnimationFrame, wait, run);
  };
}
