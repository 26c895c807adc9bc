package twiml

// Input is what a Gather listens for.
type Input string

// The inputs of a Gather.
const (
	InputDTMF       Input = "dtmf"
	InputSpeech     Input = "speech"
	InputDTMFSpeech Input = "dtmf speech"
)

// Gather waits for keys or speech, speaking Prompts meanwhile; a key stops them. With input, Twilio requests Action
// and never comes back to this document; without, it goes on with the next verb unless ActionOnEmptyResult is True.
type Gather struct {
	Input                       Input // default dtmf
	Action                      string
	Method                      Method
	Timeout                     int    // seconds of silence; default 5
	FinishOnKey                 string // one of 0-9 # *; default #; Empty: no key finishes
	NumDigits                   int    // so many keys finish it
	ActionOnEmptyResult         Bool
	Language                    string
	SpeechTimeout               string // seconds, or auto
	SpeechModel                 string
	MaxSpeechTime               int // seconds
	Enhanced                    Bool
	Hints                       string // phrases, separated by commas
	ProfanityFilter             Bool
	BargeIn                     Bool
	PartialResultCallback       string
	PartialResultCallbackMethod Method
	Debug                       Bool
	Prompts                     []Audible
}

const keypad = "0123456789#*"

func (*Gather) verb() {}

func (g *Gather) write(w *writer) {
	w.begin("Gather")
	w.enum("input", string(g.Input), "dtmf|speech|dtmf speech|speech dtmf")
	w.address("action", g.Action)
	w.method("method", g.Method)
	w.integer("timeout", g.Timeout, 1, 3600)
	w.chars("finishOnKey", g.FinishOnKey, keypad, 1)
	w.integer("numDigits", g.NumDigits, 1, 1000)
	w.boolean("actionOnEmptyResult", g.ActionOnEmptyResult)
	w.language("language", g.Language)
	w.secondsOrAuto("speechTimeout", g.SpeechTimeout)
	if g.SpeechTimeout == "auto" && g.SpeechModel != "" {
		w.failf("Gather", "speechTimeout", "auto is not allowed with speechModel (Twilio: 13335)")
	}
	w.str("speechModel", g.SpeechModel)
	w.integer("maxSpeechTime", g.MaxSpeechTime, 1, 3600)
	w.boolean("enhanced", g.Enhanced)
	w.str("hints", g.Hints)
	w.boolean("profanityFilter", g.ProfanityFilter)
	w.boolean("bargeIn", g.BargeIn)
	w.address("partialResultCallback", g.PartialResultCallback)
	w.method("partialResultCallbackMethod", g.PartialResultCallbackMethod)
	w.boolean("debug", g.Debug)
	w.speech("Gather", g.Prompts)
	w.end("Gather")
}

// speech writes what is heard inside another element.
func (w *writer) speech(name string, said []Audible) {
	for i, a := range said {
		if a == nil {
			w.failf(name, "", "speech %d is nil", i+1)
			continue
		}
		a.write(w)
	}
}
