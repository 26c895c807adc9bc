//go:build race

package console_test

// everyLook says whether the galleries look at each page in both widths and in both colours. Under the race detector,
// which has nothing to find in a browser, every other page is wide and light, the rest narrow and dark.
const everyLook = false
