package flows

import (
	"errors"
	"fmt"
	"slices"

	"github.com/paydial/paydial/flows/speak"
)

// enter arrives at a node. It answers the ending that the node comes to at once, or that the call waits there.
func (r *run) enter() (ending string, waits bool, err error) {
	s := r.node.step
	if s == nil {
		r.enterBuiltIn()
		return "", true, nil
	}
	if err := r.step(); err != nil {
		return "", false, err
	}
	r.st.Stop, r.st.Silent, r.st.Wrong = s.ID, 0, 0
	if s.Scene != afterCall {
		r.st.Scene = s.Scene
	}
	if ok, err := r.holds(s.When); err != nil || !ok {
		return endingSkip, false, err
	}
	return r.present(Utterance{})
}

// enterBuiltIn arrives where no author's step is: at the end, in one way or another.
func (r *run) enterBuiltIn() {
	switch r.node {
	case r.prog.done:
		r.st.Stop = r.prog.over.state
		r.out.Speech, r.out.Stop = nil, nil
		return
	case r.prog.goodbye:
		r.out.Speech = append(r.out.Speech, r.builtIn((*speak.Pack).Goodbye))
	case r.prog.apology:
		r.out.Speech = append(r.out.Speech, r.builtIn((*speak.Pack).Apology))
		if r.st.Outcome == "" {
			r.setOutcome(outcomeError, Span{})
		}
	case r.prog.over:
		r.hangUp()
		return
	}
	r.end(r.node.state)
}

// end ends the call after what is being said.
func (r *run) end(step string) {
	r.st.Stop, r.st.Ended = step, true
	r.out.Stop = &HangUpStop{Step: step}
}

// hop does what lies on a way: a scene is entered, a step without endings is run.
func (r *run) hop(h *hop) error {
	if err := r.step(); err != nil {
		return err
	}
	if h.step == nil {
		r.hopBuiltIn(h)
		return nil
	}
	ok, err := r.holds(h.step.When)
	if err == nil && ok {
		err = r.deed(h.step)
	}
	if err != nil && r.st.After { // the steps behind it stand for themselves
		r.tell(Fact{Kind: FactError, Name: h.step.ID, Text: err.Error(), At: h.step.At})
		return nil
	}
	return atStep(h.step, err)
}

func (r *run) hopBuiltIn(h *hop) {
	if h.scene != "" {
		r.st.Scene = h.scene
		if len(r.st.Scenes) < maxScenes {
			r.st.Scenes = append(slices.Clip(r.st.Scenes), h.scene)
		}
		r.tell(Fact{Kind: FactScene, Name: h.scene})
		return
	}
	r.out.Speech = append(r.out.Speech, r.builtIn((*speak.Pack).Unconfirmed))
	if r.st.Outcome == "" {
		r.setOutcome(outcomeUnknown, Span{})
	}
}

// atStep says of an error at which step it came up, and where that is unless a nearer place is known.
func atStep(s *Step, err error) error {
	if err == nil {
		return nil
	}
	var f failure
	if !errors.As(err, &f) {
		f = failure{at: s.At, err: err}
	}
	f.step = s.ID
	return f
}

// deed runs a step that has no endings.
func (r *run) deed(s *Step) error {
	switch v := s.Verb.(type) {
	case *Say:
		return r.sayStep(v)
	case *Play:
		return r.playStep(v)
	case *PauseFor:
		r.out.Speech = append(r.out.Speech, Utterance{Kind: UtterPause, For: v.For})
	case *Set:
		return r.setStep(v)
	case *Send:
		return r.sendStep(s, v)
	case *Outcome:
		r.setOutcome(v.Of, s.At)
	case *Note:
		return r.noteStep(s, v)
	case *RecordCall:
		u := Utterance{Kind: UtterRecordStart, Class: v.Class}
		if v.Action == "stop" {
			u = Utterance{Kind: UtterRecordStop}
		}
		r.out.Speech = append(r.out.Speech, u)
	case *Transcribe:
		r.transcribe(v)
	default:
		return fmt.Errorf("step %s cannot be run here", s.ID)
	}
	return nil
}

func (r *run) sayStep(v *Say) error {
	u, err := r.say(v.Text)
	if isMissing(err) && v.OrSay != nil {
		u, err = r.say(v.OrSay)
	}
	if err != nil {
		return err
	}
	if v.Voice != "" {
		u.Voice = v.Voice
	}
	u.Slow = v.Slow
	r.out.Speech = append(r.out.Speech, u)
	return nil
}

// playStep plays a file; its Text is what is said where the file is missing.
func (r *run) playStep(v *Play) error {
	if v.Keys != "" {
		r.out.Speech = append(r.out.Speech, Utterance{Kind: UtterKeys, Keys: v.Keys})
		return nil
	}
	u := Utterance{}
	if v.Say != nil {
		var err error
		if u, err = r.say(v.Say); err != nil {
			return err
		}
	}
	u.Kind, u.URL, u.Times = UtterPlay, v.Source, v.Times
	r.out.Speech = append(r.out.Speech, u)
	return nil
}

func (r *run) setStep(v *Set) error {
	for _, a := range v.Assign {
		value, err := r.evalExpr(a.Expr)
		if err != nil {
			return err
		}
		if err := r.keep(a.Name, value); err != nil {
			return failure{at: a.Expr.At, err: err}
		}
	}
	return nil
}

func (r *run) sendStep(s *Step, v *Send) error {
	data := make(map[string]Value, len(v.Data))
	for _, p := range v.Data {
		value, err := r.pair(p)
		if err != nil {
			return err
		}
		data[p.Name] = value.shown()
	}
	r.tell(Fact{Kind: FactSend, Name: v.Event, At: s.At, Data: data})
	return nil
}

func (r *run) noteStep(s *Step, v *Note) error {
	text, err := r.write(v.Text)
	if err != nil {
		return err
	}
	if len(r.st.Notes) < maxNotes {
		r.st.Notes = append(slices.Clip(r.st.Notes), text)
	}
	r.tell(Fact{Kind: FactNote, Name: s.ID, Text: text, At: s.At})
	return nil
}

// present comes to a step that is a state: a decision answers its ending, every other step what the call waits
// for. before is said first, inside of a gather.
func (r *run) present(before Utterance) (ending string, waits bool, err error) {
	s := r.node.step
	switch v := s.Verb.(type) {
	case *If:
		yes, err := r.holds(v.Cond)
		if yes {
			return "then", false, err
		}
		return "else", false, err
	case *Choose:
		ending, err = r.choose(s, v)
		return ending, false, err
	case *HoursCheck:
		hours := r.flow.Project.Hours[v.Name]
		if hours == nil {
			return "", false, fail(s.At, "there are no opening hours called %q", v.Name)
		}
		return hours.StatusAt(r.in.Now), false, nil
	case *Go:
		return endingGo, false, nil
	case *Lookup, *Submit, *TextMessage, *OptOut, *RecordCall:
		return r.presentEffect(s, false)
	case *Menu, *Ask, *Confirm, *ChooseLanguage:
		return "", true, r.ask(s, before)
	default:
		return "", true, r.presentStop(s)
	}
}

// choose finds the branch whose name is the value: as people write it, so yes_no is yes or no.
func (r *run) choose(s *Step, v *Choose) (string, error) {
	value, err := r.evalExpr(v.On)
	if err != nil {
		return "", err
	}
	text := value.plain()
	for _, b := range s.Then {
		if b.Ending == text || value.Type == TypeYesNo && sameWord(b.Ending, text) {
			return b.Ending, nil
		}
	}
	for _, b := range s.Then {
		if b.Ending == "otherwise" {
			return b.Ending, nil
		}
	}
	return "", fail(s.At, "%s is none of the values of this choice", value)
}

// sameWord compares the words for yes and no: true is yes.
func sameWord(a, b string) bool {
	x, ok := yesNo(a)
	y, also := yesNo(b)
	return ok && also && x == y
}

// presentStop builds the stops that are not questions.
func (r *run) presentStop(s *Step) error {
	switch v := s.Verb.(type) {
	case *Pay:
		return r.payStop(s, v)
	case *Transfer:
		return r.dialStop(s, v)
	case *Voicemail:
		u, err := r.sayOr(v.Say, (*speak.Pack).Voicemail)
		r.out.Speech = append(r.out.Speech, u)
		r.out.Stop = &RecordStop{Step: s.ID, Longest: v.Longest, Beep: v.Beep}
		return err
	case *HangUp:
		if v.Say != nil {
			u, err := r.say(v.Say)
			if err != nil {
				return err
			}
			r.out.Speech = append(r.out.Speech, u)
		}
		r.end(s.ID)
		return nil
	case *Converse:
		return r.converseStop(s, v)
	case *RawTwiML:
		return r.twimlStop(s, v)
	}
	return fail(s.At, "%s cannot be run", s.Verb.Word())
}

// sayOr says the author's sentence, or the built-in one where there is none.
func (r *run) sayOr(t *Text, words func(*speak.Pack) string) (Utterance, error) {
	if t == nil {
		return r.builtIn(words), nil
	}
	return r.say(t)
}
