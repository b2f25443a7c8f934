/** How many past epochs stay readable: what was said just before a commit may be ordered just after it (CR-11). */
export const retainedEpochs = 2;
