package twilio

import "strings"

// isSID tells whether v is an id of Twilio's: two letters and hex. Ids go into URLs, so nothing else may pass.
func isSID(v, prefix string) bool {
	rest, ok := strings.CutPrefix(v, prefix)
	return ok && rest != "" && len(rest) <= 64 && onlyOf(rest, hexes)
}
