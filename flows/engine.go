package flows

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Limits of one turn and one call, so that a loop in a flow cannot hang or bloat a call.
const (
	maxSteps     = 50  // steps in one Advance (flow-language 1.6)
	manySteps    = 40  // from here on the author is warned: 80 percent
	maxScenes    = 200 // scenes remembered of a call; at_most ends every sensible loop far earlier
	maxNotes     = 50
	maxValue     = 16 << 10 // bytes of one saved value: the state of a call is carried through every turn
	defaultTries = 3
	defaultWait  = 7 * time.Second
)

var (
	errNotCompiled = errors.New("the flow has errors and was not compiled")
	errSteps       = fmt.Errorf("more than %d steps in one turn", maxSteps)
)

// Outcomes that the engine sets when the flow has set none.
const (
	outcomeHungUp  = "hung_up"
	outcomeError   = "error"
	outcomeUnknown = "unknown"
)

// run is one Advance in the making.
type run struct {
	flow  *Flow
	prog  *program
	st    State
	in    Input
	it    Value // what "it" means while an answer is looked at
	node  *node
	out   Sprint
	steps int

	own   bool   // st.Vars is ours to change
	ranAs string // the transcription that ran before this Advance; "" for none
}

// Start is a call's state before its first turn. needs of the flow are taken from the contact; language is the
// call's first language, unless the contact brings its own and the flow speaks it.
func (f *Flow) Start(call CallFacts, language string) State {
	st := State{Flow: f.Name, Language: language, Call: call}
	if st.Language == "" && len(f.Speaks) > 0 {
		st.Language = f.Speaks[0]
	}
	for _, need := range f.Needs {
		v, ok := f.needed(need, call.Contact)
		if !ok {
			continue // a sentence that needs it leads to if_error
		}
		st.set(need.Name, v)
		if need.Name == "language" && slices.Contains(f.Speaks, v.plain()) {
			st.Language = v.plain()
		}
	}
	return st
}

// needed is what a contact brings for a need, or its default; false where there is neither, or it cannot be that.
func (f *Flow) needed(need Field, contact map[string]Value) (v Value, ok bool) {
	v, ok = contact[need.Name]
	if !ok || v.IsMissing() {
		v = TextValue(need.Default)
		if need.Default == "" {
			return v, false
		}
	}
	if t := ValueType(need.Type); v.Type != t {
		var err error
		if v, err = ParseValue(t, v.plain(), f.currency()); err != nil {
			return v, false
		}
	}
	v.Private = v.Private || need.Private
	return v, true
}

// Lacks names the first of the flow's needs that a contact does not bring and that has no default; "" when there is none.
func (f *Flow) Lacks(contact map[string]Value) string {
	for _, need := range f.Needs {
		if _, ok := f.needed(need, contact); !ok {
			return need.Name
		}
	}
	return ""
}

// set saves a value; only for a state that nobody else holds.
func (st *State) set(name string, v Value) {
	if st.Vars == nil {
		st.Vars = map[string]Value{}
	}
	st.Vars[name] = v
}

func (f *Flow) currency() string {
	if f.Project != nil && f.Project.Payments.Currency != "" {
		return f.Project.Payments.Currency
	}
	return "usd"
}

// Advance moves a call by one input: to the next stop, or to an effect whose answer it needs. It changes nothing
// but its results, reads no clock, and the same state and input always come to the same. Errors in a flow do
// not make an error here: they lead to the flow's if_error, and to a Fact.
func (f *Flow) Advance(st State, in Input) (State, Sprint, error) {
	r, err := f.newRun(st, in)
	if err != nil {
		return st, Sprint{}, err
	}
	if err := r.locate(); err != nil {
		return st, Sprint{}, err
	}
	r.play()
	return r.st, r.out, nil
}

// newRun prepares one Advance. st is shared with the caller: maps are copied before they are changed.
func (f *Flow) newRun(st State, in Input) (*run, error) {
	if f.program == nil {
		return nil, fmt.Errorf("flow %s: %w", f.Name, errNotCompiled)
	}
	if zone := f.Project.Timezone; zone != nil {
		in.Now = in.Now.In(zone)
	}
	r := &run{flow: f, prog: f.program, st: st, in: in}
	if t := st.Transcript; t != nil && t.State == TranscriptRuns {
		r.ranAs = t.Name
	}
	return r, nil
}

// locate finds the node that the call stands at.
func (r *run) locate() error {
	if r.st.Stop == "" {
		r.node = r.prog.begin
		return nil
	}
	r.node = r.prog.nodes[r.st.Stop]
	if r.node == nil {
		return fmt.Errorf("flow %s has no step %s: the call began with another version", r.flow.Name, r.st.Stop)
	}
	return nil
}

// play takes the input and goes on until the call waits for somebody.
func (r *run) play() {
	ending, waits, err := r.take()
	for {
		switch {
		case err != nil:
			err = r.crash(err)
		case waits:
			return
		default:
			err = r.leave(ending)
		}
		if err == nil {
			ending, waits, err = r.enter()
		}
	}
}

// take reads the input at the node where the call stands. It answers the ending the input comes to, or that the
// call goes on waiting there.
func (r *run) take() (ending string, waits bool, err error) {
	afterwards := r.node.step != nil && r.node.step.Scene == afterCall
	switch {
	case r.node == r.prog.after:
		return endingRun, false, nil
	case r.st.Ended && !afterwards:
		r.out.Stop = &HangUpStop{Step: r.st.Stop}
		return "", true, nil
	case r.in.Kind == InputHungUp:
		r.hangUp()
		return "", true, nil
	case r.in.Kind == InputFailed:
		r.renewTranscript()
		return "", false, fmt.Errorf("the host reports: %s", r.in.Err)
	case r.node == r.prog.begin:
		return endingStart, false, nil
	case r.node.step == nil:
		return "", false, fmt.Errorf("the call stands at %s", r.node.state)
	}
	return r.answer()
}

// hangUp ends the call because the caller is gone.
func (r *run) hangUp() {
	r.st.Ended = true
	r.st.Pending = nil
	if r.st.Outcome == "" {
		r.setOutcome(outcomeHungUp, Span{})
	}
	r.out = Sprint{Facts: r.out.Facts, Stop: &HangUpStop{Step: r.st.Stop}}
}

// leave follows the way of an ending, through everything that is done on it, to the next node.
func (r *run) leave(ending string) error {
	w, err := r.way(ending)
	if err != nil {
		return err
	}
	to, err := r.prog.machine.Next(r.node.state, w.event)
	if err != nil {
		return err
	}
	if to != w.to.state {
		return fmt.Errorf("step %s, ending %s: the machine says %s", r.node.id(), ending, to)
	}
	if r.node.step != nil && ending != endingSkip {
		r.tell(Fact{Kind: FactEnding, Name: r.node.id(), Text: w.ending, At: r.node.step.At})
	}
	r.node = w.to
	r.drop(answerVar)
	for h := w.first; h != nil; h = h.next {
		if err := r.hop(h); err != nil {
			return err
		}
	}
	return nil
}

// way is where an ending leads. One that was taken as often as it may is gave_up.
func (r *run) way(ending string) (*way, error) {
	w := r.node.ways[ending]
	if w == nil {
		return nil, fail(r.at(), "nothing says what happens when %s ends in %s", r.node.id(), ending)
	}
	if w.atMost == 0 {
		return w, nil
	}
	if r.st.Taken[w.counts] < w.atMost {
		r.count(w.counts)
		return w, nil
	}
	if ending == gaveUp || r.node.ways[gaveUp] == nil {
		return nil, fail(r.at(), "%s was taken %d times, and nothing says what happens then", ending, w.atMost)
	}
	return r.way(gaveUp)
}

func (r *run) count(key string) int {
	taken := make(map[string]int, len(r.st.Taken)+1)
	maps.Copy(taken, r.st.Taken)
	taken[key]++
	r.st.Taken = taken
	return taken[key]
}

// at is the place of the current step in the file.
func (r *run) at() Span {
	if r.node.step != nil {
		return r.node.step.At
	}
	return Span{}
}

// step counts a step of this turn.
func (r *run) step() error {
	r.steps++
	switch {
	case r.steps > maxSteps:
		return failure{at: r.at(), err: errSteps}
	case r.steps == manySteps:
		r.tell(Fact{Kind: FactError, Name: r.node.id(), At: r.at(), Text: fmt.Sprintf("%d of %d steps in one turn", manySteps, maxSteps)})
	}
	return nil
}

// crash leads an error to the flow's if_error scene, once in a call; the second one is met by the apology.
func (r *run) crash(err error) error {
	at, step := r.at(), r.node.id()
	var f failure
	if errors.As(err, &f) {
		at = f.at
		if f.step != "" {
			step = f.step
		}
	}
	r.tell(Fact{Kind: FactError, Name: step, Text: err.Error(), At: at})
	r.out.Effect, r.out.Stop, r.steps = nil, nil, 0 // if_error gets a turn's worth of steps of its own
	r.drop(answerVar)
	from := r.node
	if from.ways[endingError] == nil {
		from = r.prog.begin
	}
	switch w := from.ways[endingError]; {
	case r.st.After && from == r.prog.begin:
		r.node = r.prog.done
		return nil
	case r.st.After: // the steps of after_call stand for themselves: the next one is run
		return r.leave(endingError)
	case r.st.InError || w.to == r.prog.apology:
		r.st.InError, r.node = true, r.prog.apology
		return nil
	}
	r.st.InError, r.node = true, from
	return r.leave(endingError)
}

func (r *run) tell(f Fact) {
	if r.out.Facts == nil {
		r.out.Facts = make([]Fact, 0, 8)
	}
	r.out.Facts = append(r.out.Facts, f)
}

func (r *run) setOutcome(of string, at Span) {
	r.st.Outcome = of
	r.tell(Fact{Kind: FactOutcome, Name: of, Text: of, At: at})
}

// save keeps a value under a name.
func (r *run) save(name string, v Value) {
	if name == "" {
		return
	}
	r.ownVars()
	r.st.Vars[name] = v
}

// keep is save for values of any size.
func (r *run) keep(name string, v Value) error {
	if len(v.Data) > maxValue {
		return fmt.Errorf("a value of %d bytes is too large to keep", len(v.Data))
	}
	r.save(name, v)
	return nil
}

func (r *run) drop(name string) {
	if _, ok := r.st.Vars[name]; ok {
		r.ownVars()
		delete(r.st.Vars, name)
	}
}

func (r *run) ownVars() {
	if !r.own {
		vars := make(map[string]Value, len(r.st.Vars)+4)
		maps.Copy(vars, r.st.Vars)
		r.st.Vars, r.own = vars, true
	}
}
