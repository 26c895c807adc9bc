package transcripts

import (
	"fmt"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/recordings/redact"
)

// Trouble says in words what went wrong with a transcription, and what to do. text is Twilio's own words, which follow
// where there are any. https://www.twilio.com/docs/api/errors
func Trouble(code int, text string) string {
	words := map[int]string{
		32650: "its settings are wrong: look at engine, language and speech model under transcripts: in paydial.yaml",
		32651: "the speech provider failed: what was said from then on is not transcribed; see status.twilio.com if it goes on",
		32652: "engine, language and speech model do not go together: choose others under transcripts: in paydial.yaml",
		32655: "the speech provider is not available: what was said from then on is not transcribed; see status.twilio.com if it goes on",
		95116: "Conversation Intelligence is not available in PCI Mode: take intelligenceService out",
		17585: "the callback URL must be absolute: look at the public URL, PAYDIAL_PUBLIC_URL",
	}[code]
	if words == "" {
		words = "Twilio ended it: look the code up at twilio.com/docs/api/errors"
	}
	if text, _ := redact.Text(db.Clean(text, maxWord), "", redact.All()); text != "" {
		words += fmt.Sprintf(" (Twilio says: %s)", text)
	}
	return fmt.Sprintf("%d: %s", code, words)
}
