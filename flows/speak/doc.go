// Package speak puts values and built-in sentences into words a caller can follow. Pack is its main type:
// one language's filters (money, digits, date ...), hints, key names and payment prompts; For finds the
// pack of a language, and falls back to US English.
//
// Every filter has two forms. Speak makes text for a voice: "84 dollars and 20 cents", "4 2 4 2". Write
// makes text for a reader, for messages, notes and events: "$84.20", "4242".
//
// It must not know flows, calls or YAML: values come in as plain Go values and go out as text. It has no
// state, reads no clock, and the same value always gives the same words.
package speak
