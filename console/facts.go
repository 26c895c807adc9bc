package console

import (
	"encoding/json"

	"github.com/paydial/paydial/sessions"
)

// fact is what an event of the feed says, as ivr writes it: a name, a text for people and further values.
type fact struct {
	Name string
	Text string
	More map[string]string
}

// readFact reads an event's data. An event of another shape has no name and no text, and is shown by its kind.
func readFact(e sessions.Event) fact {
	var all map[string]any
	if json.Unmarshal(e.Data, &all) != nil {
		return fact{}
	}
	f := fact{More: map[string]string{}}
	for key, value := range all {
		text, ok := value.(string)
		if !ok {
			continue
		}
		switch key {
		case "name":
			f.Name = text
		case "text":
			f.Text = text
		default:
			f.More[key] = text
		}
	}
	return f
}
